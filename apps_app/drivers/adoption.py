"""What a target can do besides on which others run things too: say what they are, and let them be taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart, Placement


@dataclass(frozen=True, slots=True)
class UnmanagedContainer:
    """A container on a target that is no application's of ours; `project` and `service` are Compose's, or ""."""

    id: str
    name: str
    image: str
    project: str
    service: str
    state: str


@dataclass(frozen=True, slots=True)
class ManagedContainer:
    """How many containers on a target say that they are an application's, whichever Uplift knows it."""

    uid: str
    slug: str
    containers: int


@dataclass(frozen=True, slots=True)
class AdoptedContainer:
    """One component with the containers, by id, that it consists of already."""

    key: str
    part: ComponentPart
    containers: tuple[str, ...]


type InspectDocuments = Mapping[str, JsonValue]
"""`containers`, `images` by id, `networks` and `volumes` by name, and `engine`, in the engine's own words."""


@runtime_checkable
class Adopter(Protocol):
    """A target on which others run things too, that can be taken in. Every method raises DriverError."""

    def list_unmanaged_containers(self) -> Sequence[UnmanagedContainer]:
        """What could be taken in, in order of names; nothing that an application of ours has already."""

    def list_managed_containers(self) -> Sequence[ManagedContainer]:
        """Whose the containers are that are an application's, in order of short names."""

    def read_inspect_documents(self, containers: Sequence[str]) -> InspectDocuments:
        """All about these containers, by id, and what they use."""

    def adopt(self, app: Placement, components: Sequence[AdoptedContainer]) -> None:
        """Make these containers the application's, touching none: they stay until their component is changed. Nothing
        is noted where one of them is gone or another application's."""

    def release(self, app: Placement) -> None:
        """Give back what was taken in and is there still; it stays as it is."""
