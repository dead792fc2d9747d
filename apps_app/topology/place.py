"""Where slots stand in their row: as close to being above each other as fits, no row wider than need be."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from apps_app.topology.blocks import Block
from apps_app.topology.order import Rows, Slot

BLOCK_GAP = 20
TRUNK_GAP = 14
PASSES = 41


def middles(rows: Rows, blocks: Mapping[str, Block]) -> tuple[dict[Slot, int], int]:
    """The middle of every slot, counted from the left, and how wide the widest row is; none overlap."""
    offsets = {index: _offsets(row, blocks) for index, row in enumerate(rows.ranks)}
    width = max(
        offsets[index][-1] + (_width(row[0], blocks) + _width(row[-1], blocks)) / 2
        for index, row in enumerate(rows.ranks)
    )
    result = {
        slot: offset + (width - offsets[index][-1]) / 2
        for index, row in enumerate(rows.ranks)
        for slot, offset in zip(row, offsets[index], strict=True)
    }
    pulls = {slot: _pulls(slot, rows) for row in rows.ranks for slot in row}
    for number in range(PASSES):
        indexes = range(len(rows.ranks))
        for index in indexes if number % 2 == 0 else reversed(indexes):
            row = rows.ranks[index]
            desired = [_wanted(slot, pulls[slot], result) for slot in row]
            weights = [16.0 if slot.passing else 1.0 for slot in row]
            bounds = _width(row[0], blocks) / 2, width - _width(row[-1], blocks) / 2
            result.update(zip(row, settle(desired, weights, offsets[index], bounds), strict=True))
    return {slot: round(middle) for slot, middle in result.items()}, round(width)


def settle(
    desired: Sequence[float], weights: Sequence[float], offsets: Sequence[float], bounds: tuple[float, float]
) -> list[float]:
    """Places nearest to those wanted, in the least squares, that keep order, distance and bounds.

    Isotonic regression by pooling adjacent violators, after the distances were taken off.
    """
    pools: list[tuple[float, float, int]] = []
    for aim, weight, offset in zip(desired, weights, offsets, strict=True):
        mean, total, count = aim - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            before, heavy, many = pools.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        pools.append((mean, total, count))
    least, most = bounds[0], bounds[1] - offsets[-1]
    level = [min(max(mean, least), most) for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(level, offsets, strict=True)]


def _width(slot: Slot, blocks: Mapping[str, Block]) -> int:
    return 0 if slot.passing else blocks[slot.key].width


def _offsets(row: Sequence[Slot], blocks: Mapping[str, Block]) -> list[float]:
    """How far right of the first slot's middle each slot's middle is when all stand close."""
    result = [0.0] if row else []
    for left, right in pairwise(row):
        apart = (_width(left, blocks) + _width(right, blocks)) / 2
        result.append(result[-1] + apart + (TRUNK_GAP if left.passing or right.passing else BLOCK_GAP))
    return result


def _pulls(slot: Slot, rows: Rows) -> list[list[Slot]]:
    """What a slot wants to be level with: a trunk with its end, a block with blocks on each side."""
    if slot.passing:
        return [rows.below[slot]]
    sides = (_beyond(slot, rows.above), _beyond(slot, rows.below))
    return [side for side in sides if side]


def _beyond(slot: Slot, neighbours: Mapping[Slot, Sequence[Slot]]) -> list[Slot]:
    """The blocks at the other ends of a block's lines, however far away."""
    result: dict[Slot, None] = {}
    waiting = list(neighbours[slot])
    while waiting:
        end = waiting.pop()
        if end.passing:
            waiting += neighbours[end]
        else:
            result[end] = None
    return list(result)


def _wanted(slot: Slot, pulls: Sequence[Sequence[Slot]], middles: Mapping[Slot, float]) -> float:
    if not pulls:
        return middles[slot]
    means = [sum(middles[end] for end in side) / len(side) for side in pulls]
    return sum(means) / len(means)
