"""What of a graph is drawn: blocks, arcs between them, and the dependencies set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps_app.topology.blocks import Block, Size, alike, single
from apps_app.topology.graph import Edge, Graph
from apps_app.topology.reduce import Ends, cycle_edges, implied_edges

CALM = 16


@dataclass(frozen=True, slots=True)
class Arc:
    """From block to block, downwards; `against` when it stands for edges that point up."""

    tail: str
    head: str
    edges: tuple[Edge, ...]
    against: bool

    @property
    def trunk(self) -> str:
        """Lines to the same head share their way; one that points up goes its own."""
        return f"{self.head}←{self.tail}" if self.against else self.head

    @property
    def source(self) -> str:
        """The block that depends."""
        return self.head if self.against else self.tail


@dataclass(frozen=True, slots=True)
class Scheme:
    """Blocks, arcs, and the edges that follow from those drawn."""

    blocks: tuple[Block, ...]
    arcs: tuple[Arc, ...]
    implied: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Island:
    """Blocks that hang together, with the arcs between them."""

    blocks: tuple[Block, ...]
    arcs: tuple[Arc, ...]

    @property
    def size(self) -> int:
        return sum(len(block.keys) for block in self.blocks)


def scheme(graph: Graph, card: Size) -> Scheme:
    """Up to `CALM` edges everything by itself; above, only what is needed to say the same."""
    turned = cycle_edges(graph.targets())
    if len(graph.edges) <= CALM:
        blocks = [single(key, card) for key in graph.nodes]
        return Scheme(tuple(blocks), _arcs(graph, blocks, turned, frozenset()), ())
    implied = implied_edges(graph.targets(without=turned))
    drawn = graph.targets(without=turned | implied)
    blocks = alike(drawn, {key for ends in turned for key in ends}, card)
    return Scheme(
        tuple(blocks),
        _arcs(graph, blocks, turned, implied),
        tuple(graph.edges[ends] for ends in sorted(implied)),
    )


def _arcs(
    graph: Graph,
    blocks: Sequence[Block],
    turned: frozenset[Ends],
    implied: frozenset[Ends],
) -> tuple[Arc, ...]:
    home = {key: block.key for block in blocks for key in block.keys}
    gathered: dict[tuple[str, str, bool], list[Edge]] = {}
    for (source, target), edge in graph.edges.items():
        if (source, target) in implied:
            continue
        against = (source, target) in turned
        tail, head = (target, source) if against else (source, target)
        gathered.setdefault((home[tail], home[head], against), []).append(edge)
    return tuple(Arc(tail, head, tuple(edges), against) for (tail, head, against), edges in sorted(gathered.items()))


def islands(drawn: Scheme) -> tuple[list[Island], list[str]]:
    """The connected parts, the largest first, and the keys of cards without any line."""
    surrounding: dict[str, set[str]] = {block.key: set() for block in drawn.blocks}
    for arc in drawn.arcs:
        surrounding[arc.tail].add(arc.head)
        surrounding[arc.head].add(arc.tail)
    lonely = sorted(key for key, others in surrounding.items() if not others)
    result = [
        Island(
            tuple(block for block in drawn.blocks if block.key in keys),
            tuple(arc for arc in drawn.arcs if arc.tail in keys),
        )
        for keys in _connected(surrounding)
        if len(keys) > 1
    ]
    return sorted(result, key=lambda island: (-island.size, island.blocks[0].key)), lonely


def _connected(surrounding: Mapping[str, set[str]]) -> list[set[str]]:
    result: list[set[str]] = []
    observed: set[str] = set()
    for start in sorted(surrounding):
        if start in observed:
            continue
        keys, waiting = {start}, [start]
        while waiting:
            fresh = surrounding[waiting.pop()] - keys
            keys |= fresh
            waiting += fresh
        observed |= keys
        result.append(keys)
    return result
