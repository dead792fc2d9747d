"""A card: how large it must be, and its texts cut to it."""

from collections.abc import Collection, Sequence
from math import ceil

from apps_app.topology.blocks import Size
from apps_app.topology.graph import Edge, Node
from apps_app.topology.picture import SUBTITLE_LINE, TEXT_HEIGHT, TITLE_LINE, PlacedNode, Point
from apps_app.topology.text import fit, measure, wrap

TITLE_SIZE, TEXT_SIZE, MARK_SIZE = 14, 12, 11
SIDE = 14
SYMBOL = 18
MARK_PADDING = 16
APART = 12
NARROWEST, WIDEST = 168, 264
NARROWEST_OF_MANY, WIDEST_OF_MANY = 136, 176
MANY = 16


def card_size(nodes: Collection[Node]) -> Size:
    """One size for all cards: as wide as the longest text, within limits; as high as their texts need.

    Where there are many, a card shows name and state only.
    """
    brief = len(nodes) > MANY
    least, most = (NARROWEST_OF_MANY, WIDEST_OF_MANY) if brief else (NARROWEST, WIDEST)
    needed = ceil(max((_widest_text(node, brief=brief) for node in nodes), default=0)) + 2 * SIDE
    width = min(max(least, needed + needed % 2), most)
    lines = max((len(_title(node, width - 2 * SIDE)) for node in nodes), default=1)
    height = TEXT_HEIGHT + (lines - 1) * TITLE_LINE + (0 if brief else SUBTITLE_LINE)
    return Size(width, height + height % 2, brief)


def _title(node: Node, room: int) -> tuple[str, ...]:
    return wrap(node.title, room, TITLE_SIZE, bold=True)


def _widest_text(node: Node, *, brief: bool) -> float:
    facts = _facts(node)
    return max(
        measure(node.title, TITLE_SIZE, bold=True),
        0 if brief else measure(node.subtitle, TEXT_SIZE),
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
        subtitle="" if size.brief else fit(node.subtitle, room, TEXT_SIZE, cut="start"),
        state=state,
        facts=facts if measure(facts, TEXT_SIZE) <= left else "",
        mark=mark,
        mark_width=ceil(measure(mark, MARK_SIZE, bold=True)) + MARK_PADDING if mark else 0,
        about=_about(node, dependencies),
    )


def _about(node: Node, dependencies: Sequence[Edge]) -> str:
    text = ", ".join(filter(None, (node.title, node.subtitle, node.state, node.mark, *node.facts)))
    if not dependencies:
        return text
    needed = ", ".join(f"{edge.target} ({edge.label})" if edge.label else edge.target for edge in dependencies)
    return f"{text}; depends on {needed}"
