from hypothesis import given
from hypothesis import strategies as st

from apps_app.topology.reduce import cycle_edges, implied_edges, topological

KEYS = "abcdefgh"
PAIRS = st.sets(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=30)


def targets_of(pairs: set[tuple[str, str]]) -> dict[str, list[str]]:
    return {key: sorted(target for source, target in pairs if source == key) for key in KEYS}


def reach(targets: dict[str, list[str]], key: str) -> set[str]:
    result: set[str] = set()
    waiting = [key]
    while waiting:
        fresh = set(targets[waiting.pop()]) - result
        result |= fresh
        waiting += fresh
    return result


@given(PAIRS)
def test_without_the_cycle_edges_there_is_an_order(pairs: set[tuple[str, str]]) -> None:
    turned = cycle_edges(targets_of(pairs))
    rest = targets_of(pairs - turned)
    place = {key: index for index, key in enumerate(topological(rest))}
    assert len(place) == len(KEYS)
    assert all(place[target] < place[source] for source, target in pairs - turned)


@given(PAIRS)
def test_a_graph_without_cycles_has_no_cycle_edges(pairs: set[tuple[str, str]]) -> None:
    forward = {(source, target) for source, target in pairs if source < target}
    assert cycle_edges(targets_of(forward)) == frozenset()


@given(PAIRS)
def test_implied_edges_change_nothing_that_is_needed(
    pairs: set[tuple[str, str]],
) -> None:
    forward = {(source, target) for source, target in pairs if source < target}
    remaining = targets_of(forward - implied_edges(targets_of(forward)))
    assert all(reach(remaining, key) == reach(targets_of(forward), key) for key in KEYS)


def test_only_the_long_way_round_implies() -> None:
    assert implied_edges({"a": ["b", "c"], "b": ["c"], "c": []}) == {("a", "c")}
    assert implied_edges({"a": ["b", "c"], "b": [], "c": []}) == frozenset()
