from collections.abc import Collection, Sequence
from math import ceil

from apps_app.topology.blocks import BlockSize
from apps_app.topology.graph import Edge, Node
from apps_app.topology.picture import SUBTITLE_LINE, TEXT_HEIGHT, TITLE_LINE, PlacedNode, Point
from apps_app.topology.text import measure_text, truncate_text, wrap_text

TITLE_SIZE, TEXT_SIZE, MARK_SIZE = 14, 12, 11
SIDE = 14
SYMBOL = 18
MARK_PADDING = 16
APART = 12
NARROWEST, WIDEST = 168, 264
NARROWEST_OF_MANY, WIDEST_OF_MANY = 136, 176
MANY = 16


def measure_card(nodes: Collection[Node]) -> BlockSize:
    """One size for all cards: as wide as the longest text, within limits; as high as their texts need.

    Where there are many, a card shows name and state only.
    """
    brief = len(nodes) > MANY
    least, most = (NARROWEST_OF_MANY, WIDEST_OF_MANY) if brief else (NARROWEST, WIDEST)
    needed = ceil(max((_measure_widest(node, brief=brief) for node in nodes), default=0)) + 2 * SIDE
    width = min(max(least, needed + needed % 2), most)
    lines = max((len(_measure_title(node, width - 2 * SIDE)) for node in nodes), default=1)
    height = TEXT_HEIGHT + (lines - 1) * TITLE_LINE + (0 if brief else SUBTITLE_LINE)
    return BlockSize(width, height + height % 2, brief)


def _measure_title(node: Node, room: int) -> tuple[str, ...]:
    return wrap_text(node.title, room, TITLE_SIZE, bold=True)


def _measure_widest(node: Node, *, brief: bool) -> float:
    facts = _list_facts(node)
    return max(
        measure_text(node.title, TITLE_SIZE, bold=True),
        0 if brief else measure_text(node.subtitle, TEXT_SIZE),
        SYMBOL + measure_text(node.state, TEXT_SIZE) + (APART + measure_text(facts, TEXT_SIZE) if facts else 0),
    )


def _list_facts(node: Node) -> str:
    return " · ".join(node.facts)


def build_card(node: Node, corner: Point, size: BlockSize, dependencies: Sequence[Edge]) -> PlacedNode:
    """The card at its place; the state keeps its room, facts get what is left of the line."""
    room = size.width - 2 * SIDE
    state = truncate_text(node.state, room - SYMBOL, TEXT_SIZE)
    left = room - SYMBOL - measure_text(state, TEXT_SIZE) - APART
    facts = _list_facts(node)
    mark = truncate_text(node.mark, room - MARK_PADDING, MARK_SIZE, bold=True)
    return PlacedNode(
        node=node,
        x=corner[0],
        y=corner[1],
        width=size.width,
        height=size.height,
        title=_measure_title(node, room),
        subtitle="" if size.brief else truncate_text(node.subtitle, room, TEXT_SIZE, cut="start"),
        state=state,
        facts=facts if measure_text(facts, TEXT_SIZE) <= left else "",
        mark=mark,
        mark_width=ceil(measure_text(mark, MARK_SIZE, bold=True)) + MARK_PADDING if mark else 0,
        about=_describe(node, dependencies),
    )


def _describe(node: Node, dependencies: Sequence[Edge]) -> str:
    text = ", ".join(filter(None, (node.title, node.subtitle, node.state, node.mark, *node.facts)))
    if not dependencies:
        return text
    needed = ", ".join(f"{edge.target} ({edge.label})" if edge.label else edge.target for edge in dependencies)
    return f"{text}; depends on {needed}"
