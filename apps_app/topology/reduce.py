"""Fewer lines that say the same: cycles opened, implied dependencies set aside."""

from collections.abc import Mapping, Sequence

from apps_app.topology.graph import backwards

Ends = tuple[str, str]


def cycle_edges(targets: Mapping[str, Sequence[str]]) -> frozenset[Ends]:
    """Edges whose turning round leaves no cycle, found depth first from what nothing depends on."""
    sources = backwards(targets)
    result: set[Ends] = set()
    state: dict[str, str] = {}
    for root in sorted(targets, key=lambda key: (len(sources[key]), key)):
        if root not in state:
            _walk(root, targets, state, result)
    return frozenset(result)


def _walk(
    root: str,
    targets: Mapping[str, Sequence[str]],
    state: dict[str, str],
    result: set[Ends],
) -> None:
    state[root] = "open"
    stack = [(root, iter(targets[root]))]
    while stack:
        key, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            state[key] = "closed"
            stack.pop()
        elif following not in state:
            state[following] = "open"
            stack.append((following, iter(targets[following])))
        elif state[following] == "open":
            result.add((key, following))


def topological(targets: Mapping[str, Sequence[str]]) -> list[str]:
    """Keys of a graph without cycles, each after all that it depends on."""
    sources = backwards(targets)
    waiting = {key: len(targets[key]) for key in targets}
    order = [key for key in sorted(targets) if not waiting[key]]
    for key in order:
        for source in sources[key]:
            waiting[source] -= 1
            if not waiting[source]:
                order.append(source)
    return order


def implied_edges(targets: Mapping[str, Sequence[str]]) -> frozenset[Ends]:
    """Edges of a graph without cycles that follow from a longer way round."""
    order = topological(targets)
    bit = {key: 1 << index for index, key in enumerate(order)}
    beyond: dict[str, int] = {}
    result: set[Ends] = set()
    for key in order:
        indirect = 0
        for target in targets[key]:
            indirect |= beyond[target]
        result.update((key, target) for target in targets[key] if indirect & bit[target])
        beyond[key] = indirect
        for target in targets[key]:
            beyond[key] |= bit[target]
    return frozenset(result)
