"""Adopts containers that were started outside Uplift, and releases them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from apps_app.drivers.adoption import AdoptedContainer, InspectDocuments, ManagedContainer, UnmanagedContainer
from apps_app.drivers.base import ComponentPart, DriverError, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import network_name, volume_name
from apps_app.drivers.docker.api.models import EngineContainer, InspectTree
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.payload.builder import build_desired_container
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.docker.state import networks, volumes

_RECORDED_LABELS = (labels.DIGEST, labels.BODY, labels.KIND, labels.PROBE, labels.RESTARTS_WITH)
_PROJECT, _SERVICE = "com.docker.compose.project", "com.docker.compose.service"


def list_unmanaged_containers(engine: Engine) -> tuple[UnmanagedContainer, ...]:
    """Return the containers, running or not, that no application has."""
    adopted = adoption_labels.map_adopted_owners(engine)
    containers = engine.list_containers()
    return tuple(
        UnmanagedContainer(
            container.id,
            container.name,
            container.image,
            container.labels.get(_PROJECT, ""),
            container.labels.get(_SERVICE, ""),
            container.state,
        )
        for container in containers
        if labels.UID not in container.labels and container.id not in adopted
    )


def list_managed_containers(engine: Engine) -> tuple[ManagedContainer, ...]:
    """Return the number of containers of each application, adopted ones included."""
    containers = engine.list_containers()
    owners = [_get_owner(container.labels) for container in containers if labels.UID in container.labels]
    unlabelled = {container.id for container in containers if labels.UID not in container.labels}
    for volume in engine.list_volumes(role=labels.ROLE_ADOPTED):
        entries = adoption_labels.read_container_entries(volume)
        owners += [_get_owner(volume.labels) for identity, _ in entries if identity in unlabelled]
    return tuple(
        ManagedContainer(uid, slug, count) for (uid, slug), count in sorted(Counter(owners).items(), key=_sort_key)
    )


def _get_owner(resource_labels: Mapping[str, str]) -> tuple[str, str]:
    return resource_labels.get(labels.UID, ""), resource_labels.get(labels.SLUG, "")


def _sort_key(item: tuple[tuple[str, str], int]) -> tuple[str, str]:
    return item[0][1], item[0][0]


def read_inspect_documents(engine: Engine, containers: Sequence[str]) -> InspectDocuments:
    """Return the inspect documents of containers and of all they use. Raises DriverError where one was removed."""
    documents = [_inspect_container(engine, identity) for identity in containers]
    images = {str(document.get("Image")) for document in documents}
    joined = {name for item in documents for name in _table(_table(item.get("NetworkSettings")).get("Networks"))}
    mounts = [_table(mount) for document in documents for mount in _rows(document.get("Mounts"))]
    mounted = {str(mount["Name"]) for mount in mounts if mount.get("Name")}
    info = engine.get_info()
    return {
        "containers": list[JsonValue](documents),
        "images": {name: engine.inspect("image", name) or {} for name in sorted(images)},
        "networks": {name: engine.inspect("network", name) or {} for name in sorted(joined)},
        "volumes": {name: engine.inspect("volume", name) or {} for name in sorted(mounted)},
        "engine": {"DefaultRuntime": info.runtime, "LoggingDriver": info.logging, "CgroupVersion": info.cgroups},
    }


def adopt_containers(engine: Engine, app: Placement, components: Sequence[AdoptedContainer]) -> None:
    """Record containers as an application's without changing them. Raises DriverError and records nothing then."""
    owners = adoption_labels.map_adopted_owners(engine)
    created: list[str] = []
    try:
        for component in components:
            desired = build_desired_container(app, component.key, component.part)
            containers = [_inspect_unmanaged(engine, owners, identity) for identity in component.containers]
            created.append(_record_component(engine, app, desired, containers))
        created.append(_record_resources(engine, app, [component.part for component in components]))
    except BaseException:
        for name in created:
            engine.remove_volume(name)
        raise


def release_containers(engine: Engine, app: Placement) -> None:
    """Remove the records of an application's adopted containers without changing these."""
    for role in (labels.ROLE_ADOPTED, labels.ROLE_ADOPTED_RESOURCES):
        for volume in engine.list_volumes(uid=app.uid, role=role):
            engine.remove_volume(volume.name)


def remove_stale_adoptions(engine: AnyEngine, app: Placement) -> None:
    """Remove the records of adopted containers of which none exists any more."""
    records = engine.list_volumes(uid=app.uid, role=labels.ROLE_ADOPTED)
    existing = {container.id for container in engine.list_containers()} if records else set()
    for volume in records:
        if existing.isdisjoint(identity for identity, _ in adoption_labels.read_container_entries(volume)):
            engine.remove_volume(volume.name)


def _inspect_unmanaged(engine: Engine, owners: Mapping[str, str], identity: str) -> EngineContainer:
    container = EngineContainer.model_validate(_inspect_container(engine, identity))
    owner = owners.get(container.id) or container.labels.get(labels.SLUG)
    if owner or labels.UID in container.labels:
        message = f"The container {container.name} already belongs to application {owner}. Choose other containers."
        raise DriverError(message, permanent=True)
    return container


def _record_component(
    engine: Engine, app: Placement, desired: DesiredContainer, containers: Sequence[EngineContainer]
) -> str:
    container_labels = desired.build_labels(0, "")
    entries: list[JsonValue] = [[container.id, container.name] for container in containers]
    live: InspectTree = {name: containers[0].host_config.get(name) for name in desired.live} if containers else {}
    endpoints: InspectTree = {name: {} for name in desired.endpoints}
    replicas = str(len(containers))
    record = {
        **labels.build_owner_labels(app, key=desired.key, role=labels.ROLE_ADOPTED, replicas=replicas),
        **{label: container_labels[label] for label in _RECORDED_LABELS},
        labels.LIVE: json.dumps(live, sort_keys=True),
        labels.ENDPOINTS: json.dumps(endpoints, sort_keys=True),
        labels.CONTAINERS: json.dumps(entries),
    }
    name = f"uplift-adopted_{app.slug}_{desired.key}"
    engine.create_volume(name, record, "", {})
    return name


def _record_resources(engine: Engine, app: Placement, parts: Sequence[ComponentPart]) -> str:
    """Record the volumes and networks of adopted containers as the application's."""
    mounted: dict[str, str] = {}
    joined: dict[str, str] = {}
    for part in parts:
        component_volumes = volumes.get_component_volumes(part).items()
        mounted |= {key: volume_name(app, key, volume) for key, volume in component_volumes}
        component_networks = networks.get_component_networks(part).items()
        joined |= {key: network_name(app, key, network) for key, network in component_networks}
    name = f"uplift-adopted_{app.slug}"
    resources = json.dumps({"volumes": mounted, "networks": joined}, sort_keys=True)
    owner = labels.build_owner_labels(app, role=labels.ROLE_ADOPTED_RESOURCES)
    engine.create_volume(name, {**owner, labels.RESOURCES: resources}, "", {})
    return name


def _inspect_container(engine: Engine, identity: str) -> InspectTree:
    document = engine.inspect("container", identity)
    if document is None:
        message = f"The container {identity[:12]} no longer exists. Reload the list of containers."
        raise DriverError(message, permanent=True)
    return document


def _table(value: JsonValue) -> InspectTree:
    return value if isinstance(value, dict) else {}


def _rows(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
