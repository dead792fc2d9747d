"""The order within each rank: slots for blocks and for the trunks that pass them, few crossings."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

ATTEMPTS = 6
SWEEPS = 10
SLOTS_IN_ALL = 1000


class Slot(NamedTuple):
    """A place in a rank: the block `key`, or where the lines of a trunk pass on their way down."""

    rank: int
    key: str
    passing: bool = False


@dataclass
class Rows:
    """Slots rank by rank, and their neighbours one rank above and below."""

    ranks: list[list[Slot]]
    above: dict[Slot, list[Slot]] = field(default_factory=dict)
    below: dict[Slot, list[Slot]] = field(default_factory=dict)

    def join(self, route: Iterable[Slot]) -> None:
        """Takes in the slots of one line from top to bottom, and that they follow each other."""
        previous: Slot | None = None
        for slot in route:
            if slot not in self.above:
                self.above[slot], self.below[slot] = [], []
                self.ranks[slot.rank].append(slot)
            if previous is not None and previous not in self.above[slot]:
                self.above[slot].append(previous)
                self.below[previous].append(slot)
            previous = slot


def route(tail: str, head: str, ranks: Mapping[str, int], trunk: str) -> tuple[Slot, ...]:
    """Slots from `tail` to `head`; lines with the same `trunk` share those between."""
    between = (Slot(rank, trunk, True) for rank in range(ranks[tail] - 1, ranks[head], -1))
    return (Slot(ranks[tail], tail), *between, Slot(ranks[head], head))


def arrange(ranks: Mapping[str, int], routes: Iterable[Sequence[Slot]]) -> Rows:
    """Slots in an order with few crossings: barycentres in sweeps, then swaps of neighbours."""
    rows = Rows([[] for _ in range(max(ranks.values(), default=-1) + 1)])
    for key in sorted(ranks):
        rows.join([Slot(ranks[key], key)])
    for line in routes:
        rows.join(line)
    rows.ranks = min(_attempts(rows), key=lambda attempt: attempt[0])[1]
    return rows


def _attempts(rows: Rows) -> Iterator[tuple[int, list[list[Slot]]]]:
    """Orders found from several beginnings, each with its crossings; stops at one without any."""
    chance = Random(0)  # noqa: S311  (the same picture every time)
    slots = sum(map(len, rows.ranks))
    for attempt in range(max(1, min(ATTEMPTS, SLOTS_IN_ALL // slots))):
        if attempt:
            for rank in rows.ranks:
                chance.shuffle(rank)
        for sweep in range(SWEEPS):
            _sweep(rows, upwards=sweep % 2 == 0)
            _swap_neighbours(rows)
            number = crossings(rows)
            yield number, [list(rank) for rank in rows.ranks]
            if not number:
                return


def crossings(rows: Rows) -> int:
    """How often lines between neighbouring ranks cross."""
    return sum(
        _crossings_between(rows, rows.ranks[index], rows.ranks[index + 1]) for index in range(len(rows.ranks) - 1)
    )


def _crossings_between(rows: Rows, lower: Sequence[Slot], upper: Sequence[Slot]) -> int:
    place = {slot: index for index, slot in enumerate(lower)}
    observed: list[int] = []
    count = 0
    for slot in upper:
        ends = sorted(place[end] for end in rows.below[slot])
        count += sum(len(observed) - bisect_right(observed, end) for end in ends)
        for end in ends:
            insort(observed, end)
    return count


def _sweep(rows: Rows, *, upwards: bool) -> None:
    neighbours = rows.below if upwards else rows.above
    place = {slot: at for rank in rows.ranks for slot, at in _relative(rank)}
    for rank in rows.ranks if upwards else rows.ranks[::-1]:
        centre = {slot: _centre(slot, neighbours[slot], place) for slot in rank}
        rank.sort(key=lambda slot: (centre[slot], place[slot]))
        place.update(_relative(rank))


def _relative(rank: Sequence[Slot]) -> Iterator[tuple[Slot, float]]:
    """Each slot with how far along its rank it stands, from 0 to 1."""
    return ((slot, index / max(len(rank) - 1, 1)) for index, slot in enumerate(rank))


def _centre(slot: Slot, neighbours: Sequence[Slot], place: Mapping[Slot, float]) -> float:
    if not neighbours:
        return place[slot]
    return sum(place[neighbour] for neighbour in neighbours) / len(neighbours)


def _swap_neighbours(rows: Rows) -> None:
    for index, rank in enumerate(rows.ranks):
        alongside = [row for row in (index - 1, index + 1) if 0 <= row < len(rows.ranks)]
        place = {slot: at for row in alongside for at, slot in enumerate(rows.ranks[row])}
        surrounding = {
            slot: (
                sorted(place[end] for end in rows.below[slot]),
                sorted(place[end] for end in rows.above[slot]),
            )
            for slot in rank
        }
        for at in range(len(rank) - 1):
            first, second = rank[at], rank[at + 1]
            if _crossed(surrounding[second], surrounding[first]) < _crossed(surrounding[first], surrounding[second]):
                rank[at], rank[at + 1] = second, first


def _crossed(first: tuple[list[int], list[int]], second: tuple[list[int], list[int]]) -> int:
    return sum(len(item) - bisect_right(item, end) for item, other in zip(first, second, strict=True) for end in other)
