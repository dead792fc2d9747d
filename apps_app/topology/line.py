"""A line from border to border: down and sideways with rounded corners, with an arrow."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps_app.topology.picture import Point

ARROW_LENGTH, ARROW_HALF = 9, 5
RADIUS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """SVG path data of the line and of its arrow, and the two ends on the borders."""

    path: str
    arrow: str
    start: Point
    end: Point


def line(points: Sequence[Point], *, against: bool) -> Line:
    """A line downwards through `points`, each level with or straight below the one before.

    With `against` the arrow sits at the beginning: the line stands for one that points up.
    """
    first, last = points[0], points[-1]
    if against:
        path = _path([(first[0], first[1] + ARROW_LENGTH), *points[1:]])
        return Line(path, _arrow(first, 1), last, first)
    path = _path([*points[:-1], (last[0], last[1] - ARROW_LENGTH)])
    return Line(path, _arrow(last, -1), first, last)


def _path(points: Sequence[Point]) -> str:
    corners = _corners(points)
    steps = [f"M{corners[0][0]} {corners[0][1]}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(RADIUS, _length(before, corner) // 2, _length(corner, after) // 2)
        steps.append(_straight(before, _towards(corner, before, radius)))
        end = _towards(corner, after, radius)
        steps.append(f"Q{corner[0]} {corner[1]} {end[0]} {end[1]}")
    steps.append(_straight(corners[-2], corners[-1]))
    return "".join(steps)


def _corners(points: Sequence[Point]) -> list[Point]:
    """Without points that the line passes straight on."""
    result = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        turns = (before[0] == point[0]) != (point[0] == after[0])
        if turns and point != result[-1]:
            result.append(point)
    return [*result, points[-1]]


def _straight(before: Point, to: Point) -> str:
    return f"V{to[1]}" if before[0] == to[0] else f"H{to[0]}"


def _towards(corner: Point, other: Point, radius: int) -> Point:
    x, y = corner
    if other[0] == x:
        return x, y + (radius if other[1] > y else -radius)
    return x + (radius if other[0] > x else -radius), y


def _length(point: Point, other: Point) -> int:
    return abs(point[0] - other[0]) + abs(point[1] - other[1])


def _arrow(tip: Point, towards: int) -> str:
    x, y = tip
    return f"M{x} {y}L{x - ARROW_HALF} {y + towards * ARROW_LENGTH}H{x + ARROW_HALF}Z"
