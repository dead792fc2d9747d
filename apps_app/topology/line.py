"""A line from border to border: straight past the columns, curved between them, with an arrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps_app.topology.picture import Point

ARROW_LENGTH, ARROW_HALF = 9, 5


@dataclass(frozen=True, slots=True)
class Line:
    """SVG path data of the line and of its arrow, and the two ends on the borders."""

    path: str
    arrow: str
    start: Point
    end: Point


def line(begin: int, stops: Sequence[tuple[int, int, int]], finish: int, *, against: bool) -> Line:
    """A line rightwards from `begin` to `finish` through stops (left, right, height).

    With `against` the arrow sits at the beginning: the line stands for one that points left.
    """
    first, last = (begin, stops[0][2]), (finish, stops[-1][2])
    x = begin + (ARROW_LENGTH if against else 0)
    steps = [f"M{x} {first[1]}", f"H{max(stops[0][1], x)}"]
    for before, stop in pairwise(stops):
        steps.append(_curve(before[1], before[2], stop[0], stop[2]))
        if stop is not stops[-1]:
            steps.append(f"H{stop[1]}")
    steps.append(f"H{finish - (0 if against else ARROW_LENGTH)}")
    path = "".join(steps)
    if against:
        return Line(path, _arrow(first, 1), last, first)
    return Line(path, _arrow(last, -1), first, last)


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    if y == to_y:
        return f"H{to_x}"
    middle = (x + to_x) // 2
    return f"C{middle} {y} {middle} {to_y} {to_x} {to_y}"


def _arrow(tip: Point, towards: int) -> str:
    x, y = tip
    back = x + towards * ARROW_LENGTH
    return f"M{x} {y}L{back} {y - ARROW_HALF}V{y + ARROW_HALF}Z"
