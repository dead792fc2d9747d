"""The order within each rank: slots for blocks and for the trunks that pass them, few crossings."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

ATTEMPTS = 6
SWEEPS = 10
SLOTS_IN_ALL = 1000


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A place in a rank: the block `key`, or where the lines of a trunk pass on their way right."""

    rank: int
    key: str
    passing: bool = False


@dataclass
class Rows:
    """Slots rank by rank, and their neighbours one rank to the left and to the right."""

    ranks: list[list[Slot]]
    lefts: dict[Slot, list[Slot]] = field(default_factory=dict)
    rights: dict[Slot, list[Slot]] = field(default_factory=dict)

    def join(self, route: Iterable[Slot]) -> None:
        """Takes in the slots of one line from left to right, and that they follow each other."""
        previous: Slot | None = None
        for slot in route:
            if slot not in self.lefts:
                self.lefts[slot], self.rights[slot] = [], []
                self.ranks[slot.rank].append(slot)
            if previous is not None and previous not in self.lefts[slot]:
                self.lefts[slot].append(previous)
                self.rights[previous].append(slot)
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
            _sweep(rows, leftwards=sweep % 2 == 0)
            _swap_neighbours(rows)
            found = crossings(rows)
            yield found, [list(rank) for rank in rows.ranks]
            if not found:
                return


def crossings(rows: Rows) -> int:
    """How often lines between neighbouring ranks cross."""
    return sum(
        _crossings_between(rows, rows.ranks[index], rows.ranks[index + 1]) for index in range(len(rows.ranks) - 1)
    )


def _crossings_between(rows: Rows, right: Sequence[Slot], left: Sequence[Slot]) -> int:
    place = {slot: index for index, slot in enumerate(right)}
    seen: list[int] = []
    count = 0
    for slot in left:
        ends = sorted(place[end] for end in rows.rights[slot])
        count += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return count


def _sweep(rows: Rows, *, leftwards: bool) -> None:
    neighbours = rows.rights if leftwards else rows.lefts
    for rank in rows.ranks if leftwards else rows.ranks[::-1]:
        place = {slot: index / max(len(row) - 1, 1) for row in rows.ranks for index, slot in enumerate(row)}
        centre = {slot: _centre(slot, neighbours[slot], place) for slot in rank}
        rank.sort(key=lambda slot: (centre[slot], place[slot]))


def _centre(slot: Slot, neighbours: Sequence[Slot], place: Mapping[Slot, float]) -> float:
    if not neighbours:
        return place[slot]
    return sum(place[neighbour] for neighbour in neighbours) / len(neighbours)


def _swap_neighbours(rows: Rows) -> None:
    for index, rank in enumerate(rows.ranks):
        beside = [row for row in (index - 1, index + 1) if 0 <= row < len(rows.ranks)]
        place = {slot: at for row in beside for at, slot in enumerate(rows.ranks[row])}
        around = {
            slot: (
                sorted(place[end] for end in rows.rights[slot]),
                sorted(place[end] for end in rows.lefts[slot]),
            )
            for slot in rank
        }
        for at in range(len(rank) - 1):
            upper, lower = rank[at], rank[at + 1]
            if _crossed(around[lower], around[upper]) < _crossed(around[upper], around[lower]):
                rank[at], rank[at + 1] = lower, upper


def _crossed(upper: tuple[list[int], list[int]], lower: tuple[list[int], list[int]]) -> int:
    return sum(
        len(above) - bisect_right(above, end) for above, below in zip(upper, lower, strict=True) for end in below
    )
