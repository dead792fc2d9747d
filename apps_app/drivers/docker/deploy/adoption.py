"""Takes in containers that others started, and gives them back."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from apps_app.drivers.adoption import Adopting, Documents, Owned, Stranger
from apps_app.drivers.base import DriverError, Part, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import network_name, volume_name
from apps_app.drivers.docker.api.models import Container, Tree
from apps_app.drivers.docker.payload.builder import want
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.state import networks, volumes

_KEPT = (labels.DIGEST, labels.BODY, labels.KIND, labels.PROBE, labels.WAITS)


_PROJECT, _SERVICE = "com.docker.compose.project", "com.docker.compose.service"


def strangers(engine: Engine) -> tuple[Stranger, ...]:
    """The containers that no application of ours has, whether they run or not."""
    known = adoption_labels.owners(engine)
    free = (
        container for container in engine.listed() if labels.UID not in container.labels and container.id not in known
    )
    return tuple(
        Stranger(
            container.id,
            container.name,
            container.image,
            container.labels.get(_PROJECT, ""),
            container.labels.get(_SERVICE, ""),
            container.state,
        )
        for container in free
    )


def owned(engine: Engine) -> tuple[Owned, ...]:
    """By the labels of the containers, and by the notes about those that were taken in."""
    existing = engine.listed()
    whose = [
        (container.labels[labels.UID], container.labels.get(labels.SLUG, ""))
        for container in existing
        if labels.UID in container.labels
    ]
    free = {container.id for container in existing if labels.UID not in container.labels}
    for volume in engine.volumes(role=labels.ADOPTED):
        taken_in = (identity for identity, _ in adoption_labels.listed(volume) if identity in free)
        owner = (volume.labels.get(labels.UID, ""), volume.labels.get(labels.SLUG, ""))
        whose += [owner for _ in taken_in]
    return tuple(Owned(uid, slug, many) for (uid, slug), many in sorted(Counter(whose).items(), key=_by_slug))


def _by_slug(item: tuple[tuple[str, str], int]) -> tuple[str, str]:
    return item[0][1], item[0][0]


def look(engine: Engine, containers: Sequence[str]) -> Documents:
    """Raises DriverError where one is gone meanwhile."""
    documents = [_inspected(engine, identity) for identity in containers]
    images = {str(document.get("Image")) for document in documents}
    joined = {name for item in documents for name in _table(_table(item.get("NetworkSettings")).get("Networks"))}
    mounts = [_table(mount) for document in documents for mount in _rows(document.get("Mounts"))]
    mounted = {str(mount["Name"]) for mount in mounts if mount.get("Name")}
    info = engine.info()
    return {
        "containers": list[JsonValue](documents),
        "images": {name: engine.inspect("image", name) or {} for name in sorted(images)},
        "networks": {name: engine.inspect("network", name) or {} for name in sorted(joined)},
        "volumes": {name: engine.inspect("volume", name) or {} for name in sorted(mounted)},
        "engine": {"DefaultRuntime": info.runtime, "LoggingDriver": info.logging, "CgroupVersion": info.cgroups},
    }


def adopt(engine: Engine, app: Placement, components: Sequence[Adopting]) -> None:
    """Makes these containers the application's, touching none. Raises DriverError, and nothing is noted then."""
    owners = adoption_labels.owners(engine)
    created: list[str] = []
    try:
        for component in components:
            desired = want(app, component.key, component.part)
            containers = [_free(engine, owners, identity) for identity in component.containers]
            created.append(_note(engine, app, desired, containers))
        created.append(_note_things(engine, app, [component.part for component in components]))
    except BaseException:
        for name in created:
            engine.remove_volume(name)
        raise


def release(engine: Engine, app: Placement) -> None:
    """Gives them back; they stay as they are."""
    for role in (labels.ADOPTED, labels.ADOPTED_THINGS):
        for volume in engine.volumes(uid=app.uid, role=role):
            engine.remove_volume(volume.name)


def forget_gone(engine: Engine, app: Placement) -> None:
    """Drops the notes about containers of which none is there any more."""
    records = engine.volumes(uid=app.uid, role=labels.ADOPTED)
    existing = {container.id for container in engine.listed()} if records else set()
    for volume in records:
        if existing.isdisjoint(identity for identity, _ in adoption_labels.listed(volume)):
            engine.remove_volume(volume.name)


def _free(engine: Engine, whose: Mapping[str, str], identity: str) -> Container:
    container = Container.model_validate(_inspected(engine, identity))
    owner = whose.get(container.id) or container.labels.get(labels.SLUG)
    if owner or labels.UID in container.labels:
        raise DriverError(f"the container {container.name} belongs to another application, {owner}", permanent=True)
    return container


def _note(engine: Engine, app: Placement, desired: Wanted, result: Sequence[Container]) -> str:
    created = desired.labelled(0, "")
    listed: list[JsonValue] = [[container.id, container.name] for container in result]
    live: Tree = {name: result[0].host.get(name) for name in desired.live} if result else {}
    ends: Tree = {name: {} for name in desired.endpoints}
    name = f"uplift-adopted_{app.slug}_{desired.key}"
    engine.create_volume(
        name,
        {
            **labels.owned(app, key=desired.key, role=labels.ADOPTED, replicas=str(len(result))),
            **{label: created[label] for label in _KEPT},
            labels.LIVE: json.dumps(live, sort_keys=True),
            labels.ENDPOINTS: json.dumps(ends, sort_keys=True),
            labels.CONTAINERS: json.dumps(listed),
        },
        "",
        {},
    )
    return name


def _note_things(engine: Engine, app: Placement, parts: Sequence[Part]) -> str:
    """The volumes and networks that came along: they are the application's from now on."""
    mounted = {key: volume_name(app, key, volume) for part in parts for key, volume in volumes.used(part).items()}
    joined = {key: network_name(app, key, network) for part in parts for key, network in networks.used(part).items()}
    name = f"uplift-adopted_{app.slug}"
    data = {"volumes": mounted, "networks": joined}
    own = labels.owned(app, role=labels.ADOPTED_THINGS)
    engine.create_volume(name, {**own, labels.THINGS: json.dumps(data, sort_keys=True)}, "", {})
    return name


def _inspected(engine: Engine, identity: str) -> Tree:
    tree = engine.inspect("container", identity)
    if tree is None:
        raise DriverError(f"the container {identity[:12]} is gone; look again at what runs there", permanent=True)
    return tree


def _table(value: JsonValue) -> Tree:
    return value if isinstance(value, dict) else {}


def _rows(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
