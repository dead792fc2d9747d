from apps_app.topology.order import Slot, count_crossings, order_ranks, route_arcs


def test_crossings_that_need_not_be_are_gone() -> None:
    ranks = {"a": 1, "b": 1, "c": 1, "x": 0, "y": 0, "z": 0}
    ends = [("a", "z"), ("b", "y"), ("c", "x")]
    assert count_crossings(order_ranks(ranks, [route_arcs(*pair, ranks, pair[1]) for pair in ends])) == 0


def test_a_crossing_that_must_be_is_counted_once() -> None:
    ranks = {"a": 1, "b": 1, "x": 0, "y": 0}
    ends = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    assert count_crossings(order_ranks(ranks, [route_arcs(*pair, ranks, pair[1]) for pair in ends])) == 1


def test_long_lines_to_one_target_share_their_way() -> None:
    ranks = {"a": 2, "b": 2, "m": 1, "x": 0}
    lines = [
        route_arcs("a", "x", ranks, "x"),
        route_arcs("b", "x", ranks, "x"),
        route_arcs("a", "m", ranks, "m"),
    ]
    rows = order_ranks(ranks, lines)
    assert [slot for slot in rows.ranks[1] if slot.passing] == [Slot(1, "x", passing=True)]
    assert len(rows.above[Slot(1, "x", passing=True)]) == 2
