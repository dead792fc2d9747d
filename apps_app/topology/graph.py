"""What is drawn: components as nodes, dependencies as edges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Tone = Literal["ok", "warn", "bad", "busy", "muted"]


@dataclass(frozen=True, slots=True)
class Node:
    """One component as its card shows it; `tone` colours what `symbol` and `state` already say."""

    key: str
    title: str
    subtitle: str = ""
    state: str = ""
    symbol: str = ""
    tone: Tone = "muted"
    mark: str = ""
    href: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`source` depends on `target`; `label` is the condition it waits for."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by key and edges by their two ends, both in the order of the keys."""

    nodes: Mapping[str, Node]
    edges: Mapping[tuple[str, str], Edge]

    def targets(self, without: Iterable[tuple[str, str]] = ()) -> dict[str, list[str]]:
        """Every key with the keys it depends on."""
        left_out = frozenset(without)
        result: dict[str, list[str]] = {key: [] for key in self.nodes}
        for source, target in self.edges:
            if (source, target) not in left_out:
                result[source].append(target)
        return result


def graph(nodes: Iterable[Node], edges: Iterable[Edge]) -> Graph:
    """The graph in the order of its keys, so that the order of the input never moves the picture.

    Edges to themselves and to unknown keys are left out: the document's own check speaks of them.
    """
    by_key = {node.key: node for node in sorted(nodes, key=lambda node: node.key)}
    by_ends = {
        (edge.source, edge.target): edge
        for edge in sorted(edges)
        if edge.source != edge.target and edge.source in by_key and edge.target in by_key
    }
    return Graph(by_key, by_ends)


def backwards(mapping: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The same arrows the other way round."""
    result: dict[str, list[str]] = {key: [] for key in mapping}
    for source, targets in mapping.items():
        for target in targets:
            result[target].append(source)
    return result
