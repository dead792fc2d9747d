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
        found = {replica(one): one for one in self.containers if role_of(one) is role}
        return dict(sorted(found.items()))

    @property
    def beside(self) -> dict[int, Container]:
        """New ones that run beside the current ones and have no names in the networks yet."""
        return {at: one for at, one in self.of(Role.NEW).items() if one.state.status != "created"}

    @property
    def acting(self) -> tuple[Container, ...]:
        """Those that the component consists of now."""
        return tuple((self.beside or self.of(Role.CURRENT)).values())

    @property
    def is_half_swapped(self) -> bool:
        """Whether somebody was killed between stopping the old and starting the new."""
        current, old, new = self.of(Role.CURRENT), self.of(Role.OLD), self.of(Role.NEW)
        unborn = any(one.state.status == "created" for one in new.values())
        lost = any(at not in current or current[at].state.status == "created" for at in old)
        return not self.beside and (unborn or lost)

    @property
    def is_half_promoted(self) -> bool:
        return bool(self.beside and self.of(Role.OLD))

    def label(self, one: Container, name: str) -> str:
        """A label as the mark has it, where that is about this very container's kind."""
        if self.mark is not None and self.mark.labels.get(labels.BODY) == one.labels.get(labels.BODY):
            return self.mark.labels.get(name, one.labels.get(name, ""))
        return one.labels.get(name, "")

    @property
    def kept(self) -> Mapping[str, str]:
        """What the mark says of containers that others made otherwise, and that were kept so."""
        said = self.mark.labels if self.mark is not None else {}
        return {name: said[name] for name in KEPT if name in said} if labels.KEPT in said else {}

    def body(self, one: Container) -> str:
        """The digest of what it was made from; "" for one that others made in its place."""
        if kept := self.label(one, labels.KEPT):
            return kept
        return one.labels.get(labels.BODY, "") if is_as_made(one, one.labels.get(labels.MADE, "")) else ""

    def digest(self, one: Container) -> str:
        return self.label(one, labels.DIGEST)

    def live(self, one: Container) -> Tree:
        return _tree(self.label(one, labels.LIVE))

    def replicas(self) -> int:
        """How many there should be."""
        counts = (self.label(one, labels.REPLICAS) for one in self.acting)
        return max((int(said) for said in counts if said.isdigit()), default=0)

    def matches(self, found: Iterable[Container], wanted: Wanted) -> bool:
        """Whether these are just what is wanted, but for what the engine can change while they run."""
        listed = tuple(found)
        return bool(listed) and all(
            self.digest(one) == wanted.digest or self.body(one) == wanted.body for one in listed
        )

    def drift(self) -> str:
        """What others changed in the acting containers, in a few words."""
        there = len(self.acting)
        if there != self.replicas():
            return f"{there} of {self.replicas()} containers are there"
        return next(filter(None, (self.structural_drift(one) or self.live_drift(one) for one in self.acting)), "")

    def structural_drift(self, one: Container) -> str:
        """What others changed that only a new container puts right: what it was made from, its name, its networks."""
        if role_of(one) is Role.NEW:
            return ""
        if not is_as_made(one, self.label(one, labels.MADE)):
            return f"somebody made {one.name} anew, and not as it was"
        return self.name_drift(one) or self.network_drift(one)

    def name_drift(self, one: Container) -> str:
        said = one.labels.get(labels.NAME)
        return f"{said} is called {one.name}" if one.name != said else ""

    def network_drift(self, one: Container) -> str:
        for network, endpoint in _tree(self.label(one, labels.ENDPOINTS)).items():
            there = one.joined.networks.get(network)
            if there is None:
                return f"{one.name} is not in the network {network}"
            missing = _aliases(endpoint) - set(there.aliases)
            if missing:
                return f"{one.name} is not called {', '.join(sorted(missing))} in the network {network}"
        return ""

    def live_drift(self, one: Container) -> str:
        """What differs of that which can be changed while it runs."""
        for name, value in self.live(one).items():
            if name != "MemorySwap" and not _agrees(one.host.get(name), value):
                return f"{one.name} has another {name}"
        added = sorted(self.limits(one) - self.live(one).keys())
        return f"{one.name} has another {added[0]}" if added else ""

    def limits(self, one: Container) -> frozenset[str]:
        """What can be changed of it while it runs, and is not as it is without a word: by us, or by others."""
        return frozenset(self.live(one)) | {name for name in _LIMITS if one.host.get(name) not in _UNLIMITED}


def role_of(one: Container | Listed) -> Role:
    """The role that a container's name says; one that was renamed by hand still is what it was."""
    base = one.labels.get(labels.NAME, "")
    return next((role for role in Role if role.value and one.name == base + role.value), Role.CURRENT)


def replica(one: Container) -> int:
    said = one.labels.get(labels.REPLICA, "")
    return int(said) if said.isdigit() else 0


def publishes(one: Container) -> bool:
    """Whether it holds a port of the host, which another component or application may be waiting for."""
    return bool(one.host.get("PortBindings"))


def is_job(one: Container) -> bool:
    return one.labels.get(labels.KIND) == "job"


def is_as_made(one: Container, made: str) -> bool:
    """Whether it is what this digest says; one that nothing is said of is."""
    labelled = one.labels
    return not made or made_of(labelled.get(labels.UID, ""), labelled.get(labels.KEY, ""), one.document) == made


def endpoints(one: Container) -> Mapping[str, Tree]:
    """The ends in networks that a container is to have."""
    said = _tree(one.labels.get(labels.ENDPOINTS, ""))
    return {name: endpoint for name, endpoint in said.items() if isinstance(endpoint, dict)}


def has_names(one: Container) -> bool:
    """Whether it has its names in all its networks."""
    joined = one.joined.networks
    return all(
        name in joined and _aliases(endpoint) <= set(joined[name].aliases) for name, endpoint in endpoints(one).items()
    )


def grouped(containers: Sequence[Container]) -> dict[str, tuple[Container, ...]]:
    """By component key."""
    found: dict[str, tuple[Container, ...]] = {}
    for one in containers:
        key = one.labels.get(labels.KEY, "")
        found[key] = (*found.get(key, ()), one)
    return found


def _aliases(endpoint: JsonValue) -> set[str]:
    said = endpoint.get("Aliases") if isinstance(endpoint, dict) else None
    return {str(one) for one in said} if isinstance(said, list) else set()


def _agrees(there: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_agrees(there.get(name), one) for name, one in wanted.items())
    return there == wanted


def _tree(text: str) -> Tree:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
