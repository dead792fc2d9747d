"""A component's containers as they stand on the engine, by role and replica."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Container, Listed, Tree, Volume
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.state.container_decoder import made_of

KEPT = (labels.KEPT, labels.MADE, labels.ENDPOINTS)
_LIMITS = ("NanoCpus", "CpuShares", "Memory", "MemoryReservation", "PidsLimit")
_UNLIMITED = (None, 0, -1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Containers of one component, and the mark that says what was changed in them since they were made."""

    containers: tuple[Container, ...]
    mark: Volume | None = None

    def of(self, role: Role) -> dict[int, Container]:
        result = {replica(container): container for container in self.containers if role_of(container) is role}
        return dict(sorted(result.items()))

    @property
    def beside(self) -> dict[int, Container]:
        """New ones that run beside the current ones and have no names in the networks yet."""
        return {at: container for at, container in self.of(Role.NEW).items() if container.state.status != "created"}

    @property
    def acting(self) -> tuple[Container, ...]:
        """Those that the component consists of now."""
        return tuple((self.beside or self.of(Role.CURRENT)).values())

    @property
    def is_half_swapped(self) -> bool:
        """Whether somebody was killed between stopping the old and starting the new."""
        current, old, new = self.of(Role.CURRENT), self.of(Role.OLD), self.of(Role.NEW)
        unborn = any(container.state.status == "created" for container in new.values())
        lost = any(at not in current or current[at].state.status == "created" for at in old)
        return not self.beside and (unborn or lost)

    @property
    def is_half_promoted(self) -> bool:
        return bool(self.beside and self.of(Role.OLD))

    def label(self, container: Container, name: str) -> str:
        """A label as the mark has it, where that is about this very container's kind."""
        if self.mark is not None and self.mark.labels.get(labels.BODY) == container.labels.get(labels.BODY):
            return self.mark.labels.get(name, container.labels.get(name, ""))
        return container.labels.get(name, "")

    @property
    def kept(self) -> Mapping[str, str]:
        """What the mark says of containers that others made otherwise, and that were kept so."""
        message = self.mark.labels if self.mark is not None else {}
        return {name: message[name] for name in KEPT if name in message} if labels.KEPT in message else {}

    def body(self, container: Container) -> str:
        """The digest of what it was made from; "" for one that others made in its place."""
        if remaining := self.label(container, labels.KEPT):
            return remaining
        return (
            container.labels.get(labels.BODY, "")
            if is_as_made(container, container.labels.get(labels.MADE, ""))
            else ""
        )

    def digest(self, container: Container) -> str:
        return self.label(container, labels.DIGEST)

    def live(self, container: Container) -> Tree:
        return _tree(self.label(container, labels.LIVE))

    def replicas(self) -> int:
        """How many there should be."""
        counts = (self.label(container, labels.REPLICAS) for container in self.acting)
        return max((int(count) for count in counts if count.isdigit()), default=0)

    def matches(self, result: Iterable[Container], desired: Wanted) -> bool:
        """Whether these are just what is wanted, but for what the engine can change while they run."""
        listed = tuple(result)
        return bool(listed) and all(
            self.digest(container) == desired.digest or self.body(container) == desired.body for container in listed
        )

    def drift(self) -> str:
        """What others changed in the acting containers, in a few words."""
        number = len(self.acting)
        if number != self.replicas():
            return f"{number} of {self.replicas()} containers are there"
        return next(
            filter(None, (self.structural_drift(container) or self.live_drift(container) for container in self.acting)),
            "",
        )

    def structural_drift(self, container: Container) -> str:
        """What others changed that only a new container puts right: what it was made from, its name, its networks."""
        if role_of(container) is Role.NEW:
            return ""
        if not is_as_made(container, self.label(container, labels.MADE)):
            return f"somebody made {container.name} anew, and not as it was"
        return self.name_drift(container) or self.network_drift(container)

    def name_drift(self, container: Container) -> str:
        text = container.labels.get(labels.NAME)
        return f"{text} is called {container.name}" if container.name != text else ""

    def network_drift(self, container: Container) -> str:
        for network, endpoint in _tree(self.label(container, labels.ENDPOINTS)).items():
            current = container.joined.networks.get(network)
            if current is None:
                return f"{container.name} is not in the network {network}"
            missing = _aliases(endpoint) - set(current.aliases)
            if missing:
                return f"{container.name} is not called {', '.join(sorted(missing))} in the network {network}"
        return ""

    def live_drift(self, container: Container) -> str:
        """What differs of that which can be changed while it runs."""
        for name, value in self.live(container).items():
            if name != "MemorySwap" and not _agrees(container.host.get(name), value):
                return f"{container.name} has another {name}"
        added = sorted(self.limits(container) - self.live(container).keys())
        return f"{container.name} has another {added[0]}" if added else ""

    def limits(self, container: Container) -> frozenset[str]:
        """What can be changed of it while it runs, and is not as it is without a word: by us, or by others."""
        return frozenset(self.live(container)) | {
            name for name in _LIMITS if container.host.get(name) not in _UNLIMITED
        }


def role_of(container: Container | Listed) -> Role:
    """The role that a container's name says; one that was renamed by hand still is what it was."""
    base = container.labels.get(labels.NAME, "")
    return next((role for role in Role if role.value and container.name == base + role.value), Role.CURRENT)


def replica(container: Container) -> int:
    text = container.labels.get(labels.REPLICA, "")
    return int(text) if text.isdigit() else 0


def publishes(container: Container) -> bool:
    """Whether it holds a port of the host, which another component or application may be waiting for."""
    return bool(container.host.get("PortBindings"))


def is_job(container: Container) -> bool:
    return container.labels.get(labels.KIND) == "job"


def is_as_made(container: Container, text: str) -> bool:
    """Whether it is what this digest says; one that nothing is said of is."""
    labelled = container.labels
    return not text or made_of(labelled.get(labels.UID, ""), labelled.get(labels.KEY, ""), container.document) == text


def endpoints(container: Container) -> Mapping[str, Tree]:
    """The ends in networks that a container is to have."""
    tree = _tree(container.labels.get(labels.ENDPOINTS, ""))
    return {name: endpoint for name, endpoint in tree.items() if isinstance(endpoint, dict)}


def has_names(container: Container) -> bool:
    """Whether it has its names in all its networks."""
    joined = container.joined.networks
    return all(
        name in joined and _aliases(endpoint) <= set(joined[name].aliases)
        for name, endpoint in endpoints(container).items()
    )


def grouped(containers: Sequence[Container]) -> dict[str, tuple[Container, ...]]:
    """By component key."""
    result: dict[str, tuple[Container, ...]] = {}
    for container in containers:
        key = container.labels.get(labels.KEY, "")
        result[key] = (*result.get(key, ()), container)
    return result


def _aliases(endpoint: JsonValue) -> set[str]:
    value = endpoint.get("Aliases") if isinstance(endpoint, dict) else None
    return {str(item) for item in value} if isinstance(value, list) else set()


def _agrees(value: JsonValue, desired: JsonValue) -> bool:
    if isinstance(desired, dict):
        return isinstance(value, dict) and all(_agrees(value.get(name), item) for name, item in desired.items())
    return value == desired


def _tree(text: str) -> Tree:
    result = json.loads(text) if text else {}
    return result if isinstance(result, dict) else {}
