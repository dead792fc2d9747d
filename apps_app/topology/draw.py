"""One connected part of the graph: placed by itself, then drawn where it goes in the picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps_app.topology.blocks import WIDEST, Block
from apps_app.topology.channel import Channel, channel
from apps_app.topology.graph import Edge
from apps_app.topology.line import line
from apps_app.topology.order import Rows, Slot, arrange, route
from apps_app.topology.picture import Frame, PlacedEdge, Point
from apps_app.topology.place import BLOCK_GAP, middles
from apps_app.topology.ports import nets
from apps_app.topology.ranks import assign
from apps_app.topology.scheme import Arc, Island


@dataclass(frozen=True, slots=True)
class Draft:
    """A connected part with everything placed, its top left corner at 0, 0.

    `tops` and `channels` are by rank: where a row begins, and the gap below it.
    """

    blocks: Mapping[str, Block]
    arcs: tuple[Arc, ...]
    routes: tuple[tuple[Slot, ...], ...]
    rows: Rows
    middles: Mapping[Slot, int]
    tops: Mapping[int, int]
    bottoms: Mapping[int, int]
    channels: Mapping[int, Channel]
    width: int

    @property
    def height(self) -> int:
        return self.bottoms[0]

    def corner(self, slot: Slot) -> Point:
        """Top left of a block, which hangs from the top of its row."""
        return self.middles[slot] - self.blocks[slot.key].width // 2, self.tops[slot.rank]


def draft(island: Island) -> Draft:
    """Places connected blocks: ranks, order, places in the rows, ways between the rows."""
    blocks = {block.key: block for block in island.blocks}
    targets: dict[str, list[str]] = {key: [] for key in blocks}
    for arc in island.arcs:
        targets[arc.tail].append(arc.head)
    widths = {key: block.width + BLOCK_GAP for key, block in blocks.items()}
    ranks = assign(targets, widths, WIDEST)
    routes = tuple(route(arc.tail, arc.head, ranks, arc.trunk) for arc in island.arcs)
    rows = arrange(ranks, routes)
    places, width = middles(rows, blocks)
    channels = _channels(island.arcs, routes, places, blocks)
    tops, bottoms = _heights(rows, blocks, channels)
    return Draft(blocks, island.arcs, routes, rows, places, tops, bottoms, channels, width)


def _channels(
    arcs: Sequence[Arc],
    routes: Sequence[Sequence[Slot]],
    places: Mapping[Slot, int],
    blocks: Mapping[str, Block],
) -> dict[int, Channel]:
    pairs: dict[int, list[tuple[str, Slot, Slot]]] = {}
    for arc, slots in zip(arcs, routes, strict=True):
        for upper, lower in pairwise(slots):
            pairs.setdefault(upper.rank, []).append((arc.trunk, upper, lower))
    return {rank: channel(nets(those, places, blocks)) for rank, those in pairs.items()}


def _heights(
    rows: Rows, blocks: Mapping[str, Block], channels: Mapping[int, Channel]
) -> tuple[dict[int, int], dict[int, int]]:
    tops: dict[int, int] = {}
    bottoms: dict[int, int] = {}
    y = 0
    for rank in range(len(rows.ranks) - 1, -1, -1):
        tops[rank] = y
        y += max(blocks[slot.key].height for slot in rows.ranks[rank] if not slot.passing)
        bottoms[rank] = y
        y += channels[rank].height if rank in channels else 0
    return tops, bottoms


def placed_edge(drafted: Draft, index: int, corner: Point) -> PlacedEdge:
    """The line of one arc, with the draft's own corner at `corner`."""
    arc = drafted.arcs[index]
    left, top = corner
    points = [(x + left, y + top) for x, y in _points(drafted, arc.trunk, drafted.routes[index])]
    drawn = line(points, against=arc.against)
    return PlacedEdge(
        dependencies=arc.edges,
        path=drawn.path,
        arrow=drawn.arrow,
        start=drawn.start,
        end=drawn.end,
        against=arc.against,
        about=_about(arc.edges),
    )


def _points(drafted: Draft, trunk: str, slots: Sequence[Slot]) -> Iterable[Point]:
    tail, head = slots[0], slots[-1]
    for upper, lower in pairwise(slots):
        gap = drafted.channels[upper.rank]
        net, begin = gap.nets[trunk], drafted.bottoms[upper.rank]
        port = net.ports[upper]
        if upper is tail:
            yield port, drafted.tops[upper.rank] + drafted.blocks[upper.key].height
        if trunk in gap.depths and port != net.pin:
            yield port, begin + gap.depths[trunk]
            yield net.pin, begin + gap.depths[trunk]
        if lower is head:
            yield net.pin, drafted.tops[lower.rank]


def _about(edges: Sequence[Edge]) -> str:
    sources = sorted({edge.source for edge in edges})
    targets = sorted({edge.target for edge in edges})
    labels = sorted({edge.label for edge in edges if edge.label})
    text = f"{', '.join(sources)} → {', '.join(targets)}"
    return f"{text} ({', '.join(labels)})" if labels else text


def placed_frame(block: Block, corner: Point, *, depends: bool) -> Frame | None:
    """The frame of a block of several cards."""
    if not block.framed:
        return None
    alike = "with the same dependencies" if depends else "needed by the same components"
    caption = f"{len(block.keys)} {alike}"
    return Frame(corner[0], corner[1], block.width, block.height, caption)
