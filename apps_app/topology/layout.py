from collections.abc import Iterable, Mapping, Sequence

from apps_app.topology.card import build_card, measure_card
from apps_app.topology.draw import LayoutDraft, build_draft, place_edge, place_frame
from apps_app.topology.graph import Edge, Graph, Node, build_graph
from apps_app.topology.order import Slot
from apps_app.topology.picture import Picture, PicturePart, Point
from apps_app.topology.scheme import build_layered_graph, split_connected
from apps_app.topology.sheet import PageLayout


def lay_out_graph(nodes: Iterable[Node], edges: Iterable[Edge]) -> Picture:
    """Places every node and edge; the same graph always gives the same picture.

    What depends stands above what it needs, but for edges that close a cycle (`against`). In a
    crowded graph, dependencies that follow from others are set aside (`implied`), and cards that
    depend alike share a frame and its lines.
    """
    graph = build_graph(nodes, edges)
    size = measure_card(graph.nodes.values())
    drawn = build_layered_graph(graph, size)
    connected, lonely = split_connected(drawn)
    drafts = [build_draft(island) for island in connected]
    sheet = PageLayout(size)
    corners = sheet.shelve([(drafted.width, drafted.height) for drafted in drafts])
    parts: list[PicturePart] = []
    for drafted, corner in zip(drafts, corners, strict=True):
        parts += _build_parts(graph, drafted, corner)
    captions = (sheet.caption("Without dependencies"),) if drafts and lonely else ()
    cells = sheet.grid(len(lonely))
    for key, cell in zip(lonely, cells, strict=True):
        parts.append(PicturePart((build_card(graph.nodes[key], cell, size, ()),), ()))
    return Picture(sheet.width, sheet.height, tuple(parts), captions, drawn.implied)


def _build_parts(graph: Graph, drafted: LayoutDraft, corner: Point) -> list[PicturePart]:
    lines: dict[str, list[int]] = {key: [] for key in drafted.blocks}
    for index, arc in enumerate(drafted.arcs):
        lines[arc.source].append(index)
    needed: dict[str, list[Edge]] = {key: [] for key in graph.nodes}
    for edge in graph.edges.values():
        needed[edge.source].append(edge)
    return [
        _build_part(graph, drafted, slot, lines[slot.key], needed, corner)
        for row in reversed(drafted.rows.ranks)
        for slot in row
        if not slot.passing
    ]


def _build_part(
    graph: Graph,
    drafted: LayoutDraft,
    slot: Slot,
    lines: Sequence[int],
    needed: Mapping[str, Sequence[Edge]],
    corner: Point,
) -> PicturePart:
    block = drafted.blocks[slot.key]
    left, top = drafted.corner(slot)
    left, top = left + corner[0], top + corner[1]
    return PicturePart(
        nodes=tuple(
            build_card(graph.nodes[key], (left + x, top + y), block.card, needed[key]) for key, x, y in block.cards()
        ),
        edges=tuple(place_edge(drafted, index, corner) for index in lines),
        frame=place_frame(block, (left, top), depends=bool(lines)),
    )
