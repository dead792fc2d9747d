"""One connected part of the graph: placed by itself, then drawn where it goes in the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from apps_app.topology.blocks import Block
from apps_app.topology.graph import Edge
from apps_app.topology.line import Line, line
from apps_app.topology.order import Rows, Slot, arrange, route
from apps_app.topology.picture import Frame, PlacedEdge, Point
from apps_app.topology.place import BLOCK_GAP, Places, place
from apps_app.topology.ranks import assign
from apps_app.topology.scheme import Arc, Island

LOWEST_LIMIT = 800


@dataclass(frozen=True, slots=True)
class Draft:
    """A connected part with everything placed, its top left corner at 0, 0."""

    blocks: Mapping[str, Block]
    arcs: tuple[Arc, ...]
    routes: tuple[tuple[Slot, ...], ...]
    rows: Rows
    places: Places
    width: int
    height: int

    def corner(self, slot: Slot) -> Point:
        """Top left of a block, which stands in the middle of its column."""
        block, column = self.blocks[slot.key], self.places.columns[slot.rank]
        left = column.left + (column.right - column.left - block.width) // 2
        return left, self.places.middles[slot] - block.height // 2


def draft(island: Island) -> Draft:
    """Places connected blocks: ranks, order, coordinates."""
    blocks = {block.key: block for block in island.blocks}
    targets: dict[str, list[str]] = {key: [] for key in blocks}
    for arc in island.arcs:
        targets[arc.tail].append(arc.head)
    heights = {key: block.height + BLOCK_GAP for key, block in blocks.items()}
    ranks = assign(targets, heights, _limit(island.blocks))
    routes = tuple(route(arc.tail, arc.head, ranks, arc.trunk) for arc in island.arcs)
    rows = arrange(ranks, routes)
    places = place(rows, blocks)
    bottom = max(
        middle + (0 if slot.passing else blocks[slot.key].height // 2) for slot, middle in places.middles.items()
    )
    return Draft(blocks, island.arcs, routes, rows, places, places.columns[0].right, bottom)


def _limit(blocks: Sequence[Block]) -> int:
    """How high a column may become, so that the picture stays near the shape of a screen."""
    area = sum((block.width + 90) * (block.height + BLOCK_GAP) for block in blocks)
    return max(LOWEST_LIMIT, round(sqrt(area)))


def placed_edge(drafted: Draft, index: int, corner: Point) -> PlacedEdge:
    """The line of one arc, with the draft's own corner at `corner`."""
    arc = drafted.arcs[index]
    drawn = _line(drafted, drafted.routes[index], corner, against=arc.against)
    return PlacedEdge(
        dependencies=arc.edges,
        path=drawn.path,
        arrow=drawn.arrow,
        start=drawn.start,
        end=drawn.end,
        against=arc.against,
        about=_about(arc.edges),
    )


def _line(drafted: Draft, slots: Sequence[Slot], corner: Point, *, against: bool) -> Line:
    left, top = corner
    stops: list[tuple[int, int, int]] = []
    for slot in slots:
        column, middle = drafted.places.columns[slot.rank], drafted.places.middles[slot]
        stops.append((column.left + left, column.right + left, middle + top))
    tail, head = slots[0], slots[-1]
    begin = drafted.corner(tail)[0] + drafted.blocks[tail.key].width + left
    return line(begin, stops, drafted.corner(head)[0] + left, against=against)


def _about(edges: Sequence[Edge]) -> str:
    sources = sorted({edge.source for edge in edges})
    targets = sorted({edge.target for edge in edges})
    labels = sorted({edge.label for edge in edges if edge.label})
    said = f"{', '.join(sources)} → {', '.join(targets)}"
    return f"{said} ({', '.join(labels)})" if labels else said


def placed_frame(block: Block, corner: Point, *, depends: bool) -> Frame | None:
    """The frame of a block of several cards."""
    if not block.framed:
        return None
    alike = "with the same dependencies" if depends else "needed by the same components"
    caption = f"{len(block.keys)} {alike}"
    return Frame(corner[0], corner[1], block.width, block.height, caption)
