"""Drift: the live containers of an application compared with what was applied, field by field."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from apps_app.drivers.base import ComponentPart, DriverError, LiveComponent, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import container_name, network_name, volume_name
from apps_app.drivers.docker.api.models import EngineContainer, EngineVolume, InspectTree
from apps_app.drivers.docker.payload.builder import build_desired_container, read_part
from apps_app.drivers.docker.state import networks, volumes
from apps_app.drivers.docker.state.annotations import read_annotations, write_annotation
from apps_app.drivers.docker.state.container_decoder import (
    ContainerDecoder,
    DecodedContainer,
    build_expected_document,
    compute_config_digest,
)
from apps_app.drivers.docker.state.namespace_sharing import is_orphan
from apps_app.drivers.docker.state.replica_set import ReplicaSet, group_by_key
from apps_app.presenters.preflight_messages import describe_holder, describe_issue
from templates_app.appspec.diff.rebase_text import rebase_text
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import to_plain


class DriftReader:
    """Reads the containers of an application once and compares them with applied parts."""

    def __init__(self, engine: Engine, app: Placement) -> None:
        self.engine, self.app = engine, app
        self.containers = engine.inspect_containers(uid=app.uid)
        self.images: dict[str, InspectTree] = {}

    def read_component(self, key: str, part: ComponentPart) -> LiveComponent | None:
        """Return the live state of a component; None where it does not exist. Raises DriverError."""
        replica_set = self.get_replica_set(key)
        if not replica_set.active:
            return self._read_missing(key, part, replica_set)
        desired, issues = read_part(self.app, key, part)
        if desired is None:
            return LiveComponent(part.component, other_differences=tuple(map(describe_issue, issues)))
        first, decoder = replica_set.active[0], self._build_decoder(part)
        live_image = self._inspect_image(first.image_id)
        image = self._inspect_image(desired.image) or live_image
        try:
            live = decoder.decode(key, first.document, live_image)
            applied = decoder.decode(key, build_expected_document(desired, image), image)
        except SpecError as error:
            message = f"{first.name} has a configuration that specs cannot express: {error.faults[0]}"
            return LiveComponent(part.component, other_differences=(message,))
        applied.plain["replicas"], live.plain["replicas"] = desired.replicas, len(replica_set.active)
        plain = rebase_text(to_plain(part.component), applied.plain, live.plain, str)
        component = parse_component(plain, f"components.{key}")
        differences = tuple(self._list_other_differences(key, replica_set, applied, live, decoder))
        return LiveComponent(component, *_find_external_resources(live, decoder), differences)

    def get_replica_set(self, key: str) -> ReplicaSet:
        return ReplicaSet(self._grouped.get(key, ()), self._annotations.get(key))

    @cached_property
    def _grouped(self) -> Mapping[str, tuple[EngineContainer, ...]]:
        return group_by_key(self.containers)

    @cached_property
    def _annotations(self) -> Mapping[str, EngineVolume]:
        return read_annotations(self.engine, self.app)

    @cached_property
    def _engine_defaults(self) -> InspectTree:
        info = self.engine.get_info()
        return {"DefaultRuntime": info.runtime, "LoggingDriver": info.logging, "CgroupVersion": info.cgroups}

    def _build_decoder(self, part: ComponentPart) -> ContainerDecoder:
        keys = {container.id: container.labels.get(labels.KEY, "") for container in self.containers}
        mounted = {
            key: volume_name(self.app, key, volume) for key, volume in volumes.get_component_volumes(part).items()
        }
        joined = {
            key: network_name(self.app, key, network) for key, network in networks.get_component_networks(part).items()
        }
        return ContainerDecoder(
            {**adoption_labels.map_adopted_volumes(self.engine, self.app), **mounted},
            {**adoption_labels.map_adopted_networks(self.engine, self.app), **joined},
            lambda text: keys.get(text, text if text in self._grouped else ""),
            self._engine_defaults,
        )

    def _inspect_image(self, name: str) -> InspectTree:
        if name not in self.images:
            self.images[name] = self.engine.inspect("image", name) or {}
        return self.images[name]

    def _read_missing(self, key: str, part: ComponentPart, replica_set: ReplicaSet) -> LiveComponent | None:
        """Return the state of a component without containers, whose name somebody else may use."""
        if replica_set.annotation is not None and replica_set.annotation.labels.get(labels.REPLICAS) == "0":
            return LiveComponent(part.component)
        name = container_name(self.app, key, 1, str(part.component.engine.get("container_name") or ""))
        other = self.engine.get_container(name)
        if other is None or labels.belongs_to(other.labels, self.app):
            return None
        owner = describe_holder(volumes.get_owner(other.labels))
        return LiveComponent(None, other_differences=(f"the container {name} belongs to {owner}",))

    def _list_other_differences(
        self,
        key: str,
        replica_set: ReplicaSet,
        applied: DecodedContainer,
        live: DecodedContainer,
        decoder: ContainerDecoder,
    ) -> Iterator[str]:
        ids = {item.id for item in self.containers}
        has_same_networks = applied.plain.get("networks") == live.plain.get("networks")
        for container in replica_set.active:
            if difference := replica_set.describe_name_drift(container):
                yield difference
            if has_same_networks and (difference := replica_set.describe_network_drift(container)):
                yield difference
            if is_orphan(container, ids):
                yield f"{container.name} shares the network of a container that no longer exists"
        yield from (message for message in live.unreadable if message not in applied.unreadable)
        yield from self._list_replica_differences(key, replica_set.active, live, decoder)

    def _list_replica_differences(
        self, key: str, active: Sequence[EngineContainer], live: DecodedContainer, decoder: ContainerDecoder
    ) -> Iterator[str]:
        """Yield the replicas that differ from the first, which represents the component."""
        for container in active[1:]:
            other = decoder.decode(key, container.document, self._inspect_image(container.image_id)).plain
            if {**other, "replicas": live.plain["replicas"]} != live.plain:
                yield f"{container.name} differs from {active[0].name}"


def read_drift(engine: Engine, app: Placement, parts: Mapping[str, ComponentPart]) -> dict[str, LiveComponent]:
    """Return the live state of these parts by key, without those that do not exist. Raises DriverError."""
    reader = DriftReader(engine, app)
    described = {key: reader.read_component(key, part) for key, part in sorted(parts.items())}
    return {key: live for key, live in described.items() if live is not None}


def _find_external_resources(
    live: DecodedContainer, decoder: ContainerDecoder
) -> tuple[dict[str, Volume], dict[str, Network]]:
    """Return the volumes and networks that the application does not define; they belong to others."""
    return (
        {
            key: Volume(external=True, name=name)
            for key, name in live.shared_resources.volumes.items()
            if key not in decoder.volumes
        },
        {
            key: Network(external=True, name=name)
            for key, name in live.shared_resources.networks.items()
            if key not in decoder.networks
        },
    )


def accept_drift(engine: Engine, app: Placement, key: str, part: ComponentPart) -> None:
    """Write an annotation that the live containers match `part`, without changing them.

    Raises DriverError where the live state is no longer the part's.
    """
    reader = DriftReader(engine, app)
    live = reader.read_component(key, part)
    if live is None or live.component != part.component:
        raise DriverError(f"{key} has changed since its drift was read. Check the drift again.", permanent=True)
    active = reader.get_replica_set(key).active
    if not active:
        return
    desired, first = build_desired_container(app, key, part), active[0]
    accepted = {
        labels.ACCEPTED_BODY: desired.body,
        labels.CONFIG_DIGEST: compute_config_digest(app.uid, key, first.document),
        labels.LIVE: json.dumps({name: first.host_config.get(name) for name in desired.live}, sort_keys=True),
        labels.ENDPOINTS: json.dumps(dict(desired.endpoints), sort_keys=True),
    }
    write_annotation(engine, desired, first.labels.get(labels.BODY, ""), accepted)
