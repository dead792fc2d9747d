"""Named graphs, and graphs from real Compose files where they stand beside the project."""

import random
from pathlib import Path

from ruamel.yaml import YAML

from apps_app.topology import Edge, Node

Input = tuple[list[Node], list[Edge]]


def card(key: str) -> Node:
    return Node(
        key=key,
        title=key,
        subtitle=f"registry.example.com/{key}:1.0",
        state="written",
        symbol="✓",
        tone="ok",
        href=f"/apps/shop/components/{key}/",
    )


def graph(keys: str, *edges: str) -> Input:
    """`graph("web db", "web>db")`."""
    ends = (edge.split(">") for edge in edges)
    return [card(key) for key in keys.split()], [Edge(source, target) for source, target in ends]


def random_graph(size: int, most: int, seed: int = 1) -> Input:
    """Every node depends on up to `most` of those after it."""
    chance = random.Random(seed)
    keys = [f"svc-{number:03}" for number in range(size)]
    edges = [
        Edge(key, target, "healthy")
        for index, key in enumerate(keys)
        for target in chance.sample(keys[index + 1 :], min(chance.randint(0, most), size - index - 1))
    ]
    return [card(key) for key in keys], edges


def compose(folder: Path, name: str) -> Input:
    """Services and `depends_on` of a real file, read without Compose's finer points."""
    services = YAML(typ="safe").load((folder / name / "docker-compose.yml").read_text())["services"]
    edges = [Edge(key, target) for key, service in services.items() for target in service.get("depends_on", [])]
    return [card(key) for key in services], edges


SHOP = graph("web worker db redis mail", "web>db", "web>redis", "worker>db", "worker>redis")
RING = graph("a b c d e", "a>b", "b>c", "c>a", "d>a", "c>e")
HUB = graph(
    "kafka redis " + " ".join(f"consumer-{number}" for number in range(50)),
    *(f"consumer-{number}>{hub}" for number in range(50) for hub in ("kafka", "redis")),
)
