"""Blocks: what is placed as one, a single card or a frame around cards that depend alike."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from apps_app.topology.graph import backwards

CARD_GAP = 12
FRAME_PADDING = 14
FRAME_HEAD = 18
SMALLEST_FRAME = 3
WIDEST = 972
"""As wide as a block, and a row of blocks, may become: what a page of usual width shows."""


class Size(NamedTuple):
    """Of a card; all cards of a picture have the same. A brief one shows name and state only."""

    width: int
    height: int
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Keys of the cards, row by row; more than one key has a frame around them."""

    keys: tuple[str, ...]
    columns: int
    card: Size

    @property
    def key(self) -> str:
        """Stands for the block in the graph of blocks."""
        return self.keys[0]

    @property
    def framed(self) -> bool:
        return len(self.keys) > 1

    @property
    def rows(self) -> int:
        return ceil(len(self.keys) / self.columns)

    @property
    def width(self) -> int:
        cards = self.columns * (self.card.width + CARD_GAP) - CARD_GAP
        return cards + 2 * FRAME_PADDING if self.framed else cards

    @property
    def height(self) -> int:
        cards = self.rows * (self.card.height + CARD_GAP) - CARD_GAP
        return cards + 2 * FRAME_PADDING + FRAME_HEAD if self.framed else cards

    def cards(self) -> list[tuple[str, int, int]]:
        """Each key with its card's left and top, counted from the block's own corner."""
        left, top = (FRAME_PADDING, FRAME_PADDING + FRAME_HEAD) if self.framed else (0, 0)
        return [
            (
                key,
                left + index % self.columns * (self.card.width + CARD_GAP),
                top + index // self.columns * (self.card.height + CARD_GAP),
            )
            for index, key in enumerate(self.keys)
        ]


def single(key: str, card: Size) -> Block:
    """A block of one card."""
    return Block((key,), 1, card)


def alike(targets: Mapping[str, Sequence[str]], apart: Collection[str], card: Size) -> list[Block]:
    """Frames around keys with the same neighbours on both sides, and single cards for the rest.

    Keys in `apart` and keys without any edge always stay single.
    """
    sources = backwards(targets)
    families: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key in sorted(targets):
        neighbours = (tuple(sorted(targets[key])), tuple(sorted(sources[key])))
        lonely = key in apart or neighbours == ((), ())
        families[(key,) if lonely else neighbours].append(key)
    blocks: list[Block] = []
    for keys in families.values():
        if len(keys) < SMALLEST_FRAME:
            blocks += [single(key, card) for key in keys]
        else:
            blocks.append(Block(tuple(keys), _columns(len(keys), card), card))
    return blocks


def _columns(count: int, card: Size) -> int:
    """As few rows as a page is wide enough for, all about as long."""
    fitting = max(1, (WIDEST - 2 * FRAME_PADDING + CARD_GAP) // (card.width + CARD_GAP))
    return ceil(count / ceil(count / fitting))
