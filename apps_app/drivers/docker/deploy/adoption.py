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
    free = (one for one in engine.listed() if labels.UID not in one.labels and one.id not in known)
    return tuple(
        Stranger(
            one.id,
            one.name,
            one.image,
            one.labels.get(_PROJECT, ""),
            one.labels.get(_SERVICE, ""),
            one.state,
        )
        for one in free
    )


def owned(engine: Engine) -> tuple[Owned, ...]:
    """By the labels of the containers, and by the notes about those that were taken in."""
    there = engine.listed()
    whose = [(one.labels[labels.UID], one.labels.get(labels.SLUG, "")) for one in there if labels.UID in one.labels]
    free = {one.id for one in there if labels.UID not in one.labels}
    for volume in engine.volumes(role=labels.ADOPTED):
        taken_in = (identity for identity, _ in adoption_labels.listed(volume) if identity in free)
        owner = (volume.labels.get(labels.UID, ""), volume.labels.get(labels.SLUG, ""))
        whose += [owner for _ in taken_in]
    return tuple(Owned(uid, slug, many) for (uid, slug), many in sorted(Counter(whose).items(), key=_by_slug))


def _by_slug(one: tuple[tuple[str, str], int]) -> tuple[str, str]:
    return one[0][1], one[0][0]


def look(engine: Engine, containers: Sequence[str]) -> Documents:
    """Raises DriverError where one is gone meanwhile."""
    found = [_inspected(engine, identity) for identity in containers]
    images = {str(one.get("Image")) for one in found}
    joined = {name for one in found for name in _table(_table(one.get("NetworkSettings")).get("Networks"))}
    mounts = [_table(mount) for one in found for mount in _rows(one.get("Mounts"))]
    mounted = {str(mount["Name"]) for mount in mounts if mount.get("Name")}
    info = engine.info()
    return {
        "containers": list[JsonValue](found),
        "images": {name: engine.inspect("image", name) or {} for name in sorted(images)},
        "networks": {name: engine.inspect("network", name) or {} for name in sorted(joined)},
        "volumes": {name: engine.inspect("volume", name) or {} for name in sorted(mounted)},
        "engine": {"DefaultRuntime": info.runtime, "LoggingDriver": info.logging, "CgroupVersion": info.cgroups},
    }


def adopt(engine: Engine, app: Placement, components: Sequence[Adopting]) -> None:
    """Makes these containers the application's, touching none. Raises DriverError, and nothing is noted then."""
    whose = adoption_labels.owners(engine)
    made: list[str] = []
    try:
        for one in components:
            wanted = want(app, one.key, one.part)
            found = [_free(engine, whose, identity) for identity in one.containers]
            made.append(_note(engine, app, wanted, found))
        made.append(_note_things(engine, app, [one.part for one in components]))
    except BaseException:
        for name in made:
            engine.remove_volume(name)
        raise


def release(engine: Engine, app: Placement) -> None:
    """Gives them back; they stay as they are."""
    for role in (labels.ADOPTED, labels.ADOPTED_THINGS):
        for volume in engine.volumes(uid=app.uid, role=role):
            engine.remove_volume(volume.name)


def forget_gone(engine: Engine, app: Placement) -> None:
    """Drops the notes about containers of which none is there any more."""
    notes = engine.volumes(uid=app.uid, role=labels.ADOPTED)
    there = {one.id for one in engine.listed()} if notes else set()
    for volume in notes:
        if there.isdisjoint(identity for identity, _ in adoption_labels.listed(volume)):
            engine.remove_volume(volume.name)


def _free(engine: Engine, whose: Mapping[str, str], identity: str) -> Container:
    one = Container.model_validate(_inspected(engine, identity))
    owner = whose.get(one.id) or one.labels.get(labels.SLUG)
    if owner or labels.UID in one.labels:
        raise DriverError(f"the container {one.name} belongs to another application, {owner}", permanent=True)
    return one


def _note(engine: Engine, app: Placement, wanted: Wanted, found: Sequence[Container]) -> str:
    made = wanted.labelled(0, "")
    listed: list[JsonValue] = [[one.id, one.name] for one in found]
    live: Tree = {name: found[0].host.get(name) for name in wanted.live} if found else {}
    ends: Tree = {name: {} for name in wanted.endpoints}
    name = f"uplift-adopted_{app.slug}_{wanted.key}"
    engine.create_volume(
        name,
        {
            **labels.owned(app, key=wanted.key, role=labels.ADOPTED, replicas=str(len(found))),
            **{one: made[one] for one in _KEPT},
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
    mounted = {key: volume_name(app, key, one) for part in parts for key, one in volumes.used(part).items()}
    joined = {key: network_name(app, key, one) for part in parts for key, one in networks.used(part).items()}
    name = f"uplift-adopted_{app.slug}"
    said = {"volumes": mounted, "networks": joined}
    own = labels.owned(app, role=labels.ADOPTED_THINGS)
    engine.create_volume(name, {**own, labels.THINGS: json.dumps(said, sort_keys=True)}, "", {})
    return name


def _inspected(engine: Engine, identity: str) -> Tree:
    found = engine.inspect("container", identity)
    if found is None:
        raise DriverError(f"the container {identity[:12]} is gone; look again at what runs there", permanent=True)
    return found


def _table(value: JsonValue) -> Tree:
    return value if isinstance(value, dict) else {}


def _rows(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
