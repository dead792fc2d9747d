"""From a graph to a picture: fewer lines, blocks, connected parts, and all of it on one sheet."""

from collections.abc import Iterable, Mapping, Sequence

from apps_app.topology.card import card, card_size
from apps_app.topology.draw import Draft, draft, placed_edge, placed_frame
from apps_app.topology.graph import Edge, Graph, Node, graph
from apps_app.topology.order import Slot
from apps_app.topology.picture import Part, Picture, Point
from apps_app.topology.scheme import islands, scheme
from apps_app.topology.sheet import Sheet


def layout(nodes: Iterable[Node], edges: Iterable[Edge]) -> Picture:
    """Places every node and edge; the same graph always gives the same picture.

    What depends stands above what it needs, but for edges that close a cycle (`against`). In a
    crowded graph, dependencies that follow from others are set aside (`implied`), and cards that
    depend alike share a frame and its lines.
    """
    full_graph = graph(nodes, edges)
    size = card_size(full_graph.nodes.values())
    drawn = scheme(full_graph, size)
    connected, lonely = islands(drawn)
    drafts = [draft(island) for island in connected]
    sheet = Sheet(size)
    corners = sheet.shelve([(drafted.width, drafted.height) for drafted in drafts])
    parts: list[Part] = []
    for drafted, corner in zip(drafts, corners, strict=True):
        parts += _parts(full_graph, drafted, corner)
    captions = (sheet.caption("Without dependencies"),) if drafts and lonely else ()
    cells = sheet.grid(len(lonely))
    for key, cell in zip(lonely, cells, strict=True):
        parts.append(Part((card(full_graph.nodes[key], cell, size, ()),), ()))
    return Picture(sheet.width, sheet.height, tuple(parts), captions, drawn.implied)


def _parts(graph: Graph, drafted: Draft, corner: Point) -> list[Part]:
    lines: dict[str, list[int]] = {key: [] for key in drafted.blocks}
    for index, arc in enumerate(drafted.arcs):
        lines[arc.source].append(index)
    needed: dict[str, list[Edge]] = {key: [] for key in graph.nodes}
    for edge in graph.edges.values():
        needed[edge.source].append(edge)
    return [
        _part(graph, drafted, slot, lines[slot.key], needed, corner)
        for row in reversed(drafted.rows.ranks)
        for slot in row
        if not slot.passing
    ]


def _part(
    graph: Graph,
    drafted: Draft,
    slot: Slot,
    lines: Sequence[int],
    needed: Mapping[str, Sequence[Edge]],
    corner: Point,
) -> Part:
    block = drafted.blocks[slot.key]
    left, top = drafted.corner(slot)
    left, top = left + corner[0], top + corner[1]
    return Part(
        nodes=tuple(
            card(graph.nodes[key], (left + x, top + y), block.card, needed[key]) for key, x, y in block.cards()
        ),
        edges=tuple(placed_edge(drafted, index, corner) for index in lines),
        frame=placed_frame(block, (left, top), depends=bool(lines)),
    )
