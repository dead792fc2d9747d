from collections.abc import Sequence

from apps_app.topology.blocks import WIDEST, BlockSize
from apps_app.topology.picture import Caption

MARGIN = 16
PART_GAP = 40
CELL_GAP = 20


class PageLayout:
    """Hands out room from top to bottom and knows how large it has become."""

    def __init__(self, card: BlockSize) -> None:
        self._card = card
        self._right = MARGIN
        self._bottom = MARGIN

    @property
    def width(self) -> int:
        return self._right + MARGIN

    @property
    def height(self) -> int:
        return self._bottom + MARGIN

    def shelve(self, sizes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Corners for boxes of these sizes, side by side as far as the widest or a page reaches."""
        reach = MARGIN + max([WIDEST, *(width for width, _ in sizes)])
        corners: list[tuple[int, int]] = []
        x, y = MARGIN, MARGIN
        for width, height in sizes:
            if x > MARGIN and x + width > reach:
                x, y = MARGIN, self._bottom + PART_GAP
            corners.append((x, y))
            self._reserve(x + width, y + height)
            x += width + PART_GAP
        return corners

    def caption(self, text: str) -> Caption:
        """A line of text below everything so far."""
        caption = Caption(MARGIN, self._bottom + PART_GAP, text)
        self._bottom = caption.y
        return caption

    def grid(self, count: int) -> list[tuple[int, int]]:
        """Corners for `count` cards in rows, below everything so far."""
        step = self._card.width + CELL_GAP
        reach = max(self._right - MARGIN, WIDEST)
        columns = max(1, (reach + CELL_GAP) // step)
        top = self._bottom if self._bottom == MARGIN else self._bottom + CELL_GAP
        cells = [
            (
                MARGIN + index % columns * step,
                top + index // columns * (self._card.height + CELL_GAP),
            )
            for index in range(count)
        ]
        for x, y in cells:
            self._reserve(x + self._card.width, y + self._card.height)
        return cells

    def _reserve(self, right: int, bottom: int) -> None:
        self._right = max(self._right, right)
        self._bottom = max(self._bottom, bottom)
