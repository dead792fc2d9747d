"""What an engine says of containers that somebody else started, in its own inspect documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

type Tree = dict[str, JsonValue]

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
NUMBER = "com.docker.compose.container-number"
ONE_OFF = "com.docker.compose.oneoff"
DEPENDS_ON = "com.docker.compose.depends_on"
OURS = "uplift.uid"


@dataclass(frozen=True, slots=True)
class Found:
    """Containers by no order, their images by id, networks and volumes by name; `engine` is what it says of itself."""

    containers: tuple[Tree, ...] = ()
    images: Mapping[str, Tree] = field(default_factory=dict)
    networks: Mapping[str, Tree] = field(default_factory=dict)
    volumes: Mapping[str, Tree] = field(default_factory=dict)
    engine: Tree = field(default_factory=dict)


def at(document: JsonValue, *path: str) -> JsonValue:
    """What stands at a path; None where nothing does."""
    for name in path:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def table(value: JsonValue) -> Tree:
    return value if isinstance(value, dict) else {}


def rows(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def words(value: JsonValue) -> list[str]:
    return [str(row) for row in rows(value)]


def number(value: JsonValue) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@dataclass(frozen=True)
class Container:
    """One container with the configuration of its image, whose defaults it does not say itself."""

    document: Tree
    image: Tree

    @property
    def id(self) -> str:
        return str(self.document.get("Id") or "")

    @property
    def name(self) -> str:
        return str(self.document.get("Name") or "").removeprefix("/")

    @property
    def config(self) -> Tree:
        return table(self.document.get("Config"))

    @property
    def host(self) -> Tree:
        return table(self.document.get("HostConfig"))

    @property
    def defaults(self) -> Tree:
        return table(self.image.get("Config"))

    @property
    def labels(self) -> Mapping[str, str]:
        return cast("Mapping[str, str]", table(self.config.get("Labels")))

    @property
    def project(self) -> str:
        return self.labels.get(PROJECT, "")

    @property
    def service(self) -> str:
        """What Compose calls it; "" where it was started otherwise."""
        return self.labels.get(SERVICE, "")

    @property
    def replica(self) -> int:
        text = self.labels.get(NUMBER, "")
        return int(text) if text.isdecimal() else 1

    @property
    def networks(self) -> Tree:
        return table(at(self.document, "NetworkSettings", "Networks"))

    @property
    def mounted(self) -> list[Tree]:
        return [table(row) for row in rows(self.document.get("Mounts"))]
