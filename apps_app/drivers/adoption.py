"""What a target can do besides on which others run things too: say what they are, and let them be taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from apps_app.drivers.base import Part, Placement


@dataclass(frozen=True, slots=True)
class Stranger:
    """A container on a target that is no application's of ours; `project` and `service` are Compose's, or ""."""

    id: str
    name: str
    image: str
    project: str
    service: str
    state: str


@dataclass(frozen=True, slots=True)
class Owned:
    """How many containers on a target say that they are an application's, whichever Uplift knows it."""

    uid: str
    slug: str
    containers: int


@dataclass(frozen=True, slots=True)
class Adopting:
    """One component with the containers, by id, that it consists of already."""

    key: str
    part: Part
    containers: tuple[str, ...]


type Documents = Mapping[str, JsonValue]
"""`containers`, `images` by id, `networks` and `volumes` by name, and `engine`, in the engine's own words."""


@runtime_checkable
class Adopter(Protocol):
    """A target on which others run things too, that can be taken in. Every method raises DriverError."""

    def strangers(self) -> Sequence[Stranger]:
        """What could be taken in, in order of names; nothing that an application of ours has already."""

    def owned(self) -> Sequence[Owned]:
        """Whose the containers are that are an application's, in order of short names."""

    def look(self, containers: Sequence[str]) -> Documents:
        """All about these containers, by id, and what they use."""

    def adopt(self, app: Placement, components: Sequence[Adopting]) -> None:
        """Make these containers the application's, touching none: they stay until their component is changed. Nothing
        is noted where one of them is gone or another application's."""

    def release(self, app: Placement) -> None:
        """Give back what was taken in and is there still; it stays as it is."""
