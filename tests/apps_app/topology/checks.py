"""What holds for every picture."""

import re
from collections.abc import Iterable
from itertools import combinations, pairwise

from apps_app.topology import Edge, Picture, PlacedEdge
from apps_app.topology.picture import Frame, Part, PlacedNode, Point

Box = tuple[int, int, int, int]


def box(placed: PlacedNode | Frame) -> Box:
    return placed.x, placed.y, placed.x + placed.width, placed.y + placed.height


def outer(part: Part) -> Box:
    return box(part.frame or part.nodes[0])


def overlap(item: Box, other: Box) -> bool:
    return item[0] < other[2] and other[0] < item[2] and item[1] < other[3] and other[1] < item[3]


def assert_sound(picture: Picture, edges: Iterable[Edge]) -> None:
    assert_no_overlap(picture)
    assert_inside(picture)
    assert_ends_on_borders(picture)
    assert_lines_pass_by(picture)
    assert_nothing_lost(picture, edges)


def assert_no_overlap(picture: Picture) -> None:
    for node, other in combinations(picture.nodes, 2):
        assert not overlap(box(node), box(other)), f"{node.node.key} lies on {other.node.key}"
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
            out, into = (1, 3) if edge.against else (3, 1)
            assert edge.start[1] == source[out]
            assert edge.end[1] == target[into]
            assert source[0] < edge.start[0] < source[2]
            assert target[0] < edge.end[0] < target[2]


def assert_lines_pass_by(picture: Picture) -> None:
    """No straight run of a line goes through a card or a frame."""
    boxes = [outer(part) for part in picture.parts]
    for edge in picture.edges:
        for (x, y), (to_x, to_y) in straight_runs(edge):
            run = min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)
            for left, top, right, bottom in boxes:
                through = run[0] < right and left < run[2] and run[1] < bottom and top < run[3]
                assert not through, f"{edge.about} goes through a card"


def assert_apart(picture: Picture) -> None:
    """Lines lie on each other only where they lead to the same."""
    runs = [(edge, run) for edge in picture.edges for run in straight_runs(edge)]
    for (edge, item), (other, two) in combinations(runs, 2):
        if edge.end != other.end:
            assert not _upon(item, two), f"{edge.about} lies on {other.about}"


def _upon(item: tuple[Point, Point], two: tuple[Point, Point]) -> bool:
    for along, across in ((0, 1), (1, 0)):
        level = item[0][across] == item[1][across] == two[0][across] == two[1][across]
        (start, end), (begin, finish) = sorted(at[along] for at in item), sorted(at[along] for at in two)
        if level and start < finish and begin < end:
            return True
    return False


def assert_nothing_lost(picture: Picture, edges: Iterable[Edge]) -> None:
    drawn = [dependency for edge in picture.edges for dependency in edge.dependencies]
    assert sorted([*drawn, *picture.implied]) == sorted(set(edges))


def points(edge: PlacedEdge) -> list[Point]:
    result: list[Point] = []
    for letter, numbers in re.findall(r"([MHVQ])([\d\s]+)", edge.path):
        values = [int(number) for number in numbers.split()]
        if letter == "H":
            result.append((values[0], result[-1][1]))
        elif letter == "V":
            result.append((result[-1][0], values[0]))
        else:
            result.append((values[-2], values[-1]))
    return result


def straight_runs(edge: PlacedEdge) -> list[tuple[Point, Point]]:
    return [(point, other) for point, other in pairwise(points(edge)) if point[0] == other[0] or point[1] == other[1]]
