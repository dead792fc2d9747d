"""Coordinates: ranks become columns, slots get their height as close to their neighbours as fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps_app.topology.blocks import Block
from apps_app.topology.order import Rows, Slot

BLOCK_GAP = 20
TRUNK_GAP = 14
PASSES = 41
NARROWEST_GAP, WIDEST_GAP = 64, 128
HEAVY = 1000.0
SCREEN = 500
"""Columns that would begin further down than this begin at the top: else the corner one sees first is empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where a rank's blocks may stand, from left to right."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Places:
    """The column of every rank and the middle of every slot, counted from the top left corner."""

    columns: tuple[Column, ...]
    middles: Mapping[Slot, int]


def place(rows: Rows, blocks: Mapping[str, Block]) -> Places:
    """Columns and middles for ordered rows; slots of one column never overlap."""
    middles = _middles(rows, blocks)
    tops = [_top(row, middles, blocks) for row in rows.ranks]
    top = min(tops, default=0.0)
    if max(tops, default=0.0) - top > SCREEN:
        middles = _hung(rows, blocks, middles, tops)
        top = 0.0
    rounded = {slot: round(middle - top) for slot, middle in middles.items()}
    return Places(_columns(rows, blocks, rounded), rounded)


def _hung(
    rows: Rows,
    blocks: Mapping[str, Block],
    middles: Mapping[Slot, float],
    tops: Sequence[float],
) -> dict[Slot, float]:
    """Every column from the top, its trunks close to where they go."""
    hung = {slot: middle - tops[slot.rank] for slot, middle in middles.items()}
    for row in rows.ranks:
        aims = [hung[rows.rights[slot][0] if slot.passing else slot] for slot in row]
        weights = [1.0 if slot.passing else HEAVY for slot in row]
        found = _settle(aims, weights, _offsets(row, blocks))
        hung.update(zip(row, found, strict=True))
        top = _top(row, hung, blocks)
        hung.update({slot: hung[slot] - top for slot in row})
    return hung


def _top(row: Sequence[Slot], middles: Mapping[Slot, float], blocks: Mapping[str, Block]) -> float:
    return min((middles[slot] - _height(slot, blocks) / 2 for slot in row), default=0.0)


def _height(slot: Slot, blocks: Mapping[str, Block]) -> int:
    return 0 if slot.passing else blocks[slot.key].height


def _middles(rows: Rows, blocks: Mapping[str, Block]) -> dict[Slot, float]:
    offsets = {index: _offsets(row, blocks) for index, row in enumerate(rows.ranks)}
    middles = {
        slot: offset - offsets[index][-1] / 2
        for index, row in enumerate(rows.ranks)
        for slot, offset in zip(row, offsets[index], strict=True)
    }
    weights = {slot: 4.0 if slot.passing else 1.0 for row in rows.ranks for slot in row}
    pulls = {slot: _pulls(slot, rows) for row in rows.ranks for slot in row}
    for number in range(PASSES):
        indexes = range(len(rows.ranks))
        for index in indexes if number % 2 == 0 else reversed(indexes):
            row = rows.ranks[index]
            wanted = [_wanted(slot, pulls[slot], middles) for slot in row]
            found = _settle(wanted, [weights[slot] for slot in row], offsets[index])
            middles.update(zip(row, found, strict=True))
    return middles


def _offsets(row: Sequence[Slot], blocks: Mapping[str, Block]) -> list[float]:
    """How far below the first slot's middle each slot's middle is when all stand close."""
    found = [0.0] if row else []
    for upper, lower in pairwise(row):
        apart = (_height(upper, blocks) + _height(lower, blocks)) / 2
        found.append(found[-1] + apart + (TRUNK_GAP if upper.passing or lower.passing else BLOCK_GAP))
    return found


def _pulls(slot: Slot, rows: Rows) -> list[list[Slot]]:
    """What a slot wants to be level with: a trunk with its end, a block with blocks on each side."""
    if slot.passing:
        return [rows.rights[slot]]
    sides = (_beyond(slot, rows.lefts), _beyond(slot, rows.rights))
    return [side for side in sides if side]


def _beyond(slot: Slot, neighbours: Mapping[Slot, Sequence[Slot]]) -> list[Slot]:
    """The blocks at the other ends of a block's lines, however far away."""
    found: dict[Slot, None] = {}
    waiting = list(neighbours[slot])
    while waiting:
        end = waiting.pop()
        if end.passing:
            waiting += neighbours[end]
        else:
            found[end] = None
    return list(found)


def _wanted(slot: Slot, pulls: Sequence[Sequence[Slot]], middles: Mapping[Slot, float]) -> float:
    if not pulls:
        return middles[slot]
    means = [sum(middles[end] for end in side) / len(side) for side in pulls]
    return sum(means) / len(means)


def _settle(wanted: Sequence[float], weights: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Middles nearest to those wanted, in the least squares, that keep order and distance.

    Isotonic regression by pooling adjacent violators, after the distances were taken off.
    """
    pools: list[tuple[float, float, int]] = []
    for aim, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, total, count = aim - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            before, heavy, many = pools.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        pools.append((mean, total, count))
    level = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(level, offsets, strict=True)]


def _columns(rows: Rows, blocks: Mapping[str, Block], middles: Mapping[Slot, int]) -> tuple[Column, ...]:
    found: list[Column] = []
    left = 0
    for row in reversed(rows.ranks):
        width = max(blocks[slot.key].width for slot in row if not slot.passing)
        found.append(Column(left, left + width))
        climb = max(
            (abs(middles[slot] - middles[end]) for slot in row for end in rows.rights[slot]),
            default=0,
        )
        left += width + min(max(NARROWEST_GAP, 40 + climb // 6), WIDEST_GAP)
    return tuple(reversed(found))
