"""A card: how wide it must be, and its texts cut to it."""

from collections.abc import Collection, Sequence
from math import ceil

from apps_app.topology.blocks import Size
from apps_app.topology.graph import Edge, Node
from apps_app.topology.picture import PlacedNode, Point
from apps_app.topology.text import fit, measure, wrap

TITLE_SIZE, TEXT_SIZE, MARK_SIZE = 14, 12, 11
SIDE = 16
SYMBOL = 18
MARK_PADDING = 16
APART = 12
NARROWEST, WIDEST, WIDEST_OF_MANY = 172, 264, 216
HEIGHT, TALL = 76, 94
MANY = 16


def card_size(nodes: Collection[Node]) -> Size:
    """One size for all cards: as wide as the longest text, within limits; tall for long titles."""
    widest = WIDEST if len(nodes) <= MANY else WIDEST_OF_MANY
    needed = ceil(max(map(_widest_text, nodes), default=0)) + 2 * SIDE
    width = min(max(NARROWEST, needed + needed % 2), widest)
    tall = any(len(_title(node, width - 2 * SIDE)) > 1 for node in nodes)
    return Size(width, TALL if tall else HEIGHT)


def _title(node: Node, room: int) -> tuple[str, ...]:
    return wrap(node.title, room, TITLE_SIZE, bold=True)


def _widest_text(node: Node) -> float:
    facts = _facts(node)
    return max(
        measure(node.title, TITLE_SIZE, bold=True),
        measure(node.subtitle, TEXT_SIZE),
        SYMBOL + measure(node.state, TEXT_SIZE) + (APART + measure(facts, TEXT_SIZE) if facts else 0),
    )


def _facts(node: Node) -> str:
    return " · ".join(node.facts)


def card(node: Node, corner: Point, size: Size, dependencies: Sequence[Edge]) -> PlacedNode:
    """The card at its place; the state keeps its room, facts get what is left of the line."""
    room = size.width - 2 * SIDE
    state = fit(node.state, room - SYMBOL, TEXT_SIZE)
    left = room - SYMBOL - measure(state, TEXT_SIZE) - APART
    facts = _facts(node)
    mark = fit(node.mark, room - MARK_PADDING, MARK_SIZE, bold=True)
    return PlacedNode(
        node=node,
        x=corner[0],
        y=corner[1],
        width=size.width,
        height=size.height,
        title=_title(node, room),
        subtitle=fit(node.subtitle, room, TEXT_SIZE, cut="start"),
        state=state,
        facts=facts if measure(facts, TEXT_SIZE) <= left else "",
        mark=mark,
        mark_width=ceil(measure(mark, MARK_SIZE, bold=True)) + MARK_PADDING if mark else 0,
        about=_about(node, dependencies),
    )


def _about(node: Node, dependencies: Sequence[Edge]) -> str:
    said = ", ".join(filter(None, (node.title, node.subtitle, node.state, node.mark, *node.facts)))
    if not dependencies:
        return said
    needed = ", ".join(f"{edge.target} ({edge.label})" if edge.label else edge.target for edge in dependencies)
    return f"{said}; depends on {needed}"
