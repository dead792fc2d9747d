"""What holds for every picture."""

import re
from collections.abc import Iterable
from itertools import combinations

from apps_app.topology import Edge, Picture, PlacedEdge
from apps_app.topology.picture import Frame, Part, PlacedNode, Point

Box = tuple[int, int, int, int]


def box(placed: PlacedNode | Frame) -> Box:
    return placed.x, placed.y, placed.x + placed.width, placed.y + placed.height


def outer(part: Part) -> Box:
    return box(part.frame or part.nodes[0])


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def assert_sound(picture: Picture, edges: Iterable[Edge]) -> None:
    assert_no_overlap(picture)
    assert_inside(picture)
    assert_ends_on_borders(picture)
    assert_lines_pass_by(picture)
    assert_nothing_lost(picture, edges)


def assert_no_overlap(picture: Picture) -> None:
    for one, other in combinations(picture.nodes, 2):
        assert not overlap(box(one), box(other)), f"{one.node.key} lies on {other.node.key}"
    for first, second in combinations(picture.parts, 2):
        assert not overlap(outer(first), outer(second))


def assert_inside(picture: Picture) -> None:
    for part in picture.parts:
        left, top, right, bottom = outer(part)
        assert left >= 0
        assert top >= 0
        assert right <= picture.width
        assert bottom <= picture.height
        for placed in part.nodes:
            card = box(placed)
            assert card[0] >= left
            assert card[1] >= top
            assert card[2] <= right
            assert card[3] <= bottom
    for edge in picture.edges:
        for x, y in points(edge):
            assert 0 <= x <= picture.width
            assert 0 <= y <= picture.height


def assert_ends_on_borders(picture: Picture) -> None:
    home = {placed.node.key: outer(part) for part in picture.parts for placed in part.nodes}
    for edge in picture.edges:
        for dependency in edge.dependencies:
            source, target = home[dependency.source], home[dependency.target]
            out, into = (0, 2) if edge.against else (2, 0)
            assert edge.start == (source[out], (source[1] + source[3]) // 2)
            assert edge.end == (target[into], (target[1] + target[3]) // 2)


def assert_lines_pass_by(picture: Picture) -> None:
    """No straight run of a line goes through a card or a frame."""
    boxes = [outer(part) for part in picture.parts]
    for edge in picture.edges:
        for (x, y), (to_x, to_y) in straight_runs(edge):
            for left, top, right, bottom in boxes:
                through = x < right and left < to_x and top < y < bottom
                assert not (y == to_y and through), f"{edge.about} goes through a card"


def assert_nothing_lost(picture: Picture, edges: Iterable[Edge]) -> None:
    drawn = [dependency for edge in picture.edges for dependency in edge.dependencies]
    assert sorted([*drawn, *picture.implied]) == sorted(set(edges))


def points(edge: PlacedEdge) -> list[Point]:
    found: list[Point] = []
    for letter, numbers in re.findall(r"([MHC])([\d\s]+)", edge.path):
        values = [int(number) for number in numbers.split()]
        found.append((values[0], found[-1][1]) if letter == "H" else (values[-2], values[-1]))
    return found


def straight_runs(edge: PlacedEdge) -> list[tuple[Point, Point]]:
    found: list[tuple[Point, Point]] = []
    at: Point = (0, 0)
    for letter, numbers in re.findall(r"([MHC])([\d\s]+)", edge.path):
        values = [int(number) for number in numbers.split()]
        to = (values[0], at[1]) if letter == "H" else (values[-2], values[-1])
        if letter == "H":
            found.append((at, to))
        at = to
    return found
