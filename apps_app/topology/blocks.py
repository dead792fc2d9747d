from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from apps_app.topology.graph import reverse_edges

CARD_GAP = 12
FRAME_PADDING = 14
FRAME_HEAD = 18
SMALLEST_FRAME = 3
WIDEST = 972
"""As wide as a block, and a row of blocks, may become: what a page of usual width shows."""


class BlockSize(NamedTuple):
    """Of a card; all cards of a picture have the same. A brief one shows name and state only."""

    width: int
    height: int
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Keys of the cards, row by row; more than one key has a frame around them."""

    keys: tuple[str, ...]
    columns: int
    card: BlockSize

    @property
    def key(self) -> str:
        """Stands for the block in the graph of blocks."""
        return self.keys[0]

    @property
    def is_framed(self) -> bool:
        return len(self.keys) > 1

    @property
    def rows(self) -> int:
        return ceil(len(self.keys) / self.columns)

    @property
    def width(self) -> int:
        cards = self.columns * (self.card.width + CARD_GAP) - CARD_GAP
        return cards + 2 * FRAME_PADDING if self.is_framed else cards

    @property
    def height(self) -> int:
        cards = self.rows * (self.card.height + CARD_GAP) - CARD_GAP
        return cards + 2 * FRAME_PADDING + FRAME_HEAD if self.is_framed else cards

    def cards(self) -> list[tuple[str, int, int]]:
        """Each key with its card's left and top, counted from the block's own corner."""
        left, top = (FRAME_PADDING, FRAME_PADDING + FRAME_HEAD) if self.is_framed else (0, 0)
        return [
            (
                key,
                left + index % self.columns * (self.card.width + CARD_GAP),
                top + index // self.columns * (self.card.height + CARD_GAP),
            )
            for index, key in enumerate(self.keys)
        ]


def build_single_block(key: str, card: BlockSize) -> Block:
    """A block of one card."""
    return Block((key,), 1, card)


def group_alike(targets: Mapping[str, Sequence[str]], apart: Collection[str], card: BlockSize) -> list[Block]:
    """Frames around keys with the same neighbours on both sides, and single cards for the rest.

    Keys in `apart` and keys without any edge always stay single.
    """
    sources = reverse_edges(targets)
    families: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key in sorted(targets):
        neighbours = (tuple(sorted(targets[key])), tuple(sorted(sources[key])))
        lonely = key in apart or neighbours == ((), ())
        families[(key,) if lonely else neighbours].append(key)
    blocks: list[Block] = []
    for keys in families.values():
        if len(keys) < SMALLEST_FRAME:
            blocks += [build_single_block(key, card) for key in keys]
        else:
            blocks.append(Block(tuple(keys), _count_columns(len(keys), card), card))
    return blocks


def _count_columns(count: int, card: BlockSize) -> int:
    """As few rows as a page is wide enough for, all about as long."""
    fitting = max(1, (WIDEST - 2 * FRAME_PADDING + CARD_GAP) // (card.width + CARD_GAP))
    return ceil(count / ceil(count / fitting))
