from collections.abc import Mapping
from dataclasses import dataclass

from apps_app.topology.graph import Edge, Node

Point = tuple[int, int]

MARK_INSET = 12
WIDE = 640
TEXT_HEIGHT, TITLE_LINE, SUBTITLE_LINE = 58, 17, 18


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """One card: the corner of its box, and its texts as far as they fit."""

    node: Node
    x: int
    y: int
    width: int
    height: int
    title: tuple[str, ...]
    subtitle: str
    state: str
    facts: str
    mark: str
    mark_width: int
    about: str

    @property
    def title_y(self) -> int:
        """Baseline of the first line, so that the texts stand in the middle of the card."""
        texts = TEXT_HEIGHT + (len(self.title) - 1) * TITLE_LINE + (SUBTITLE_LINE if self.subtitle else 0)
        return (self.height - texts) // 2 + 25

    @property
    def subtitle_y(self) -> int:
        return self.title_y + (len(self.title) - 1) * TITLE_LINE + SUBTITLE_LINE

    @property
    def state_y(self) -> int:
        return self.title_y + (len(self.title) - 1) * TITLE_LINE + (SUBTITLE_LINE if self.subtitle else 0) + 20

    @property
    def mark_x(self) -> int:
        return self.width - MARK_INSET - self.mark_width

    @property
    def mark_middle(self) -> int:
        return self.mark_width // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """One line, and every dependency that it stands for; the arrow points at what is needed."""

    dependencies: tuple[Edge, ...]
    path: str
    arrow: str
    start: Point
    end: Point
    against: bool
    about: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A box around cards with the same dependencies on both sides; lines end at the frame."""

    x: int
    y: int
    width: int
    height: int
    caption: str


@dataclass(frozen=True, slots=True)
class PicturePart:
    """Cards that are placed as one, with the lines that leave them."""

    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of text in the picture."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture; `implied` holds the dependencies that follow from the drawn ones."""

    width: int
    height: int
    parts: tuple[PicturePart, ...]
    captions: tuple[Caption, ...]
    implied: tuple[Edge, ...]

    @property
    def nodes(self) -> tuple[PlacedNode, ...]:
        return tuple(node for part in self.parts for node in part.nodes)

    @property
    def edges(self) -> tuple[PlacedEdge, ...]:
        return tuple(edge for part in self.parts for edge in part.edges)

    @property
    def frames(self) -> tuple[Frame, ...]:
        return tuple(part.frame for part in self.parts if part.frame)

    @property
    def by_key(self) -> Mapping[str, PlacedNode]:
        return {placed.node.key: placed for placed in self.nodes}

    @property
    def wide(self) -> bool:
        """Whether a phone would show it too small to be read, were all of it to be seen at once."""
        return self.width > WIDE

    @property
    def about(self) -> str:
        """The picture in words."""
        drawn = sum(len(edge.dependencies) for edge in self.edges) + len(self.implied)
        return f"{count_nodes(len(self.nodes), 'component')}, {count_nodes(drawn, 'dependency')}"

    @property
    def not_drawn(self) -> str:
        """What the picture leaves out, as a sentence; empty when it leaves out nothing."""
        if not self.implied:
            return ""
        if len(self.implied) == 1:
            return "1 dependency that follows from the others is not drawn."
        return f"{len(self.implied)} dependencies that follow from the others are not drawn."


def count_nodes(number: int, noun: str) -> str:
    """`1 component`, `2 dependencies`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
