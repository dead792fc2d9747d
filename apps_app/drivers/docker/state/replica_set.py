"""Live containers of a component, by role and replica."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import ContainerSummary, EngineContainer, EngineVolume, InspectTree
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.docker.state.container_decoder import compute_config_digest

ACCEPTED_LABELS = (labels.ACCEPTED_BODY, labels.CONFIG_DIGEST, labels.ENDPOINTS)
_LIMIT_FIELDS = ("NanoCpus", "CpuShares", "Memory", "MemoryReservation", "PidsLimit")
_UNLIMITED_VALUES = (None, 0, -1)


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """Containers of one component, and the annotation of what changed since they were created."""

    containers: tuple[EngineContainer, ...]
    annotation: EngineVolume | None = None

    def with_role(self, role: ContainerRole) -> dict[int, EngineContainer]:
        """Return the containers with a role by replica."""
        containers = {get_replica(container): container for container in self.containers if get_role(container) is role}
        return dict(sorted(containers.items()))

    @property
    def running_alongside(self) -> dict[int, EngineContainer]:
        """New containers that run alongside the current ones and have no aliases yet, by replica."""
        new = self.with_role(ContainerRole.NEW).items()
        return {replica: container for replica, container in new if container.state.status != "created"}

    @property
    def active(self) -> tuple[EngineContainer, ...]:
        """The containers that make up the component now."""
        return tuple((self.running_alongside or self.with_role(ContainerRole.CURRENT)).values())

    @property
    def is_interrupted_swap(self) -> bool:
        """Whether a session was interrupted between stopping the old and starting the new containers."""
        current, old = self.with_role(ContainerRole.CURRENT), self.with_role(ContainerRole.OLD)
        new = self.with_role(ContainerRole.NEW).values()
        is_new_unstarted = any(container.state.status == "created" for container in new)
        is_unreplaced = any(item not in current or current[item].state.status == "created" for item in old)
        return not self.running_alongside and (is_new_unstarted or is_unreplaced)

    @property
    def is_interrupted_promotion(self) -> bool:
        return bool(self.running_alongside and self.with_role(ContainerRole.OLD))

    def get_label(self, container: EngineContainer, name: str) -> str:
        """Return a label of a container, overridden by the annotation where that is about its body."""
        if self.annotation is not None and self.annotation.labels.get(labels.BODY) == container.labels.get(labels.BODY):
            return self.annotation.labels.get(name, container.labels.get(name, ""))
        return container.labels.get(name, "")

    @property
    def accepted(self) -> Mapping[str, str]:
        """The annotation's labels of accepted drift; empty where none was accepted."""
        annotated = self.annotation.labels if self.annotation is not None else {}
        if labels.ACCEPTED_BODY not in annotated:
            return {}
        return {name: annotated[name] for name in ACCEPTED_LABELS if name in annotated}

    def get_body(self, container: EngineContainer) -> str:
        """Return the digest of what a container was created from; "" where somebody recreated it differently."""
        if accepted := self.get_label(container, labels.ACCEPTED_BODY):
            return accepted
        is_unchanged = has_config_digest(container, container.labels.get(labels.CONFIG_DIGEST, ""))
        return container.labels.get(labels.BODY, "") if is_unchanged else ""

    def get_digest(self, container: EngineContainer) -> str:
        return self.get_label(container, labels.DIGEST)

    def get_live_settings(self, container: EngineContainer) -> InspectTree:
        return _parse_tree(self.get_label(container, labels.LIVE))

    def count_expected(self) -> int:
        """Return the applied number of replicas."""
        counts = (self.get_label(container, labels.REPLICAS) for container in self.active)
        return max((int(count) for count in counts if count.isdigit()), default=0)

    def matches_desired(self, containers: Iterable[EngineContainer], desired: DesiredContainer) -> bool:
        """Whether these containers are the desired ones, apart from what can be changed while they run."""
        listed = tuple(containers)
        return bool(listed) and all(
            self.get_digest(item) == desired.digest or self.get_body(item) == desired.body for item in listed
        )

    def describe_drift(self) -> str:
        """Return the first difference that others made in the active containers; "" where there is none."""
        if len(self.active) != self.count_expected():
            return f"{len(self.active)} of {self.count_expected()} containers exist"
        drifts = (self.describe_structural_drift(item) or self.describe_live_drift(item) for item in self.active)
        return next(filter(None, drifts), "")

    def describe_structural_drift(self, container: EngineContainer) -> str:
        """Return the first difference that requires a new container: its configuration, name or networks."""
        if get_role(container) is ContainerRole.NEW:
            return ""
        if not has_config_digest(container, self.get_label(container, labels.CONFIG_DIGEST)):
            return f"{container.name} was recreated with another configuration"
        return self.describe_name_drift(container) or self.describe_network_drift(container)

    def describe_name_drift(self, container: EngineContainer) -> str:
        name = container.labels.get(labels.NAME)
        return f"{name} was renamed to {container.name}" if container.name != name else ""

    def describe_network_drift(self, container: EngineContainer) -> str:
        for network, endpoint in _parse_tree(self.get_label(container, labels.ENDPOINTS)).items():
            current = container.network_settings.networks.get(network)
            if current is None:
                return f"{container.name} is not connected to the network {network}"
            missing = _read_aliases(endpoint) - set(current.aliases)
            if missing:
                return f"{container.name} has no alias {', '.join(sorted(missing))} in the network {network}"
        return ""

    def describe_live_drift(self, container: EngineContainer) -> str:
        """Return the first difference that can be changed while the container runs."""
        for name, value in self.get_live_settings(container).items():
            if name != "MemorySwap" and not _matches(container.host_config.get(name), value):
                return f"{container.name} has a different {name}"
        added = sorted(self.list_limits(container) - self.get_live_settings(container).keys())
        return f"{container.name} has a different {added[0]}" if added else ""

    def list_limits(self, container: EngineContainer) -> frozenset[str]:
        """Return the live settings of a container that differ from the engine's defaults."""
        limits = {name for name in _LIMIT_FIELDS if container.host_config.get(name) not in _UNLIMITED_VALUES}
        return frozenset(self.get_live_settings(container)) | limits


def get_role(container: EngineContainer | ContainerSummary) -> ContainerRole:
    """Return the role of a container by the suffix of its name. One that was renamed by hand is current."""
    base = container.labels.get(labels.NAME, "")
    roles = (role for role in ContainerRole if role.value and container.name == base + role.value)
    return next(roles, ContainerRole.CURRENT)


def get_replica(container: EngineContainer) -> int:
    text = container.labels.get(labels.REPLICA, "")
    return int(text) if text.isdigit() else 0


def publishes_ports(container: EngineContainer) -> bool:
    """Whether a container publishes a host port, which no other container can publish at the same time."""
    return bool(container.host_config.get("PortBindings"))


def is_job(container: EngineContainer) -> bool:
    return container.labels.get(labels.KIND) == "job"


def has_config_digest(container: EngineContainer, digest: str) -> bool:
    """Whether a container has this configuration digest; any container has an empty one."""
    uid, key = container.labels.get(labels.UID, ""), container.labels.get(labels.KEY, "")
    return not digest or compute_config_digest(uid, key, container.document) == digest


def read_endpoints(container: EngineContainer) -> Mapping[str, InspectTree]:
    """Return the desired network endpoints of a container by network name."""
    tree = _parse_tree(container.labels.get(labels.ENDPOINTS, ""))
    return {name: endpoint for name, endpoint in tree.items() if isinstance(endpoint, dict)}


def has_aliases(container: EngineContainer) -> bool:
    """Whether a container has its aliases in all its networks."""
    joined = container.network_settings.networks
    desired = read_endpoints(container).items()
    return all(name in joined and _read_aliases(endpoint) <= set(joined[name].aliases) for name, endpoint in desired)


def group_by_key(containers: Sequence[EngineContainer]) -> dict[str, tuple[EngineContainer, ...]]:
    """Return containers by component key."""
    result: dict[str, tuple[EngineContainer, ...]] = {}
    for container in containers:
        key = container.labels.get(labels.KEY, "")
        result[key] = (*result.get(key, ()), container)
    return result


def _read_aliases(endpoint: JsonValue) -> set[str]:
    value = endpoint.get("Aliases") if isinstance(endpoint, dict) else None
    return {str(item) for item in value} if isinstance(value, list) else set()


def _matches(value: JsonValue, desired: JsonValue) -> bool:
    """Whether a live value has everything that is desired; mappings may have more keys."""
    if isinstance(desired, dict):
        return isinstance(value, dict) and all(_matches(value.get(name), item) for name, item in desired.items())
    return value == desired


def _parse_tree(text: str) -> InspectTree:
    result = json.loads(text) if text else {}
    return result if isinstance(result, dict) else {}
