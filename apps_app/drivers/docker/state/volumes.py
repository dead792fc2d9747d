"""Named volumes: made with labels, kept over every recreation, deleted only when that was asked for."""

from collections.abc import Iterator, Mapping

from apps_app.drivers.base import DriverError, Part, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import Role, volume_name
from apps_app.drivers.docker.api.models import Volume as There
from apps_app.drivers.docker.state.replica_set import role_of
from templates_app.appspec.interpolation.syntax import plain
from templates_app.appspec.schema.model import Volume


def used(part: Part) -> dict[str, Volume]:
    """The volumes that a component mounts, by key, as the engine gets them."""
    keys = {mount.source for mount in part.component.mounts.values() if mount.kind == "volume" and mount.source}
    return {key: _plain(part.volumes.get(key) or Volume(), part.secrets) for key in sorted(keys)}


def make_volumes(engine: Engine, app: Placement, part: Part) -> None:
    """Makes those that are not there. Raises DriverError where a name is taken."""
    for key, volume in used(part).items():
        if sentence := next(taken(engine, app, key, volume), ""):
            raise DriverError(sentence, permanent=True)
        name = volume_name(app, key, volume)
        if not volume.external and engine.volume(name) is None:
            own = {**volume.labels, **labels.owned(app, volume=key)}
            engine.create_volume(name, own, volume.driver, volume.options)


def taken(engine: Engine, app: Placement, key: str, volume: Volume) -> Iterator[str]:
    """Why this volume cannot be used, in a sentence."""
    name = volume_name(app, key, volume)
    current = engine.volume(name)
    if volume.external:
        if current is None:
            yield f"the volume {name} is made by others, and is not there; make it first"
        return
    if current is None:
        return
    if not labels.is_ours(current.labels, app) and adoption_labels.volumes_of(engine, app).get(key) != name:
        yield f"the volume {name} is there already and belongs to {owner(current.labels)}; {advice(volume)}"
    elif current.driver != (volume.driver or "local") or dict(current.options) != dict(volume.options):
        yield f"the volume {name} was made with another driver or other options, which cannot be changed; rename it"


def there(engine: Engine, app: Placement) -> frozenset[str]:
    """The keys of the application's volumes, and of those that came along."""
    own = {volume.labels[labels.VOLUME] for volume in engine.volumes(uid=app.uid) if labels.VOLUME in volume.labels}
    return frozenset(own | adoption_labels.volumes_of(engine, app).keys())


def in_use(engine: Engine, app: Placement, key: str) -> Iterator[str]:
    """Why the application's volume cannot be deleted: containers of others mount it, running or not."""
    mine = adoption_labels.adopted_ids(engine, app)
    names = {volume.name for volume in (*engine.volumes(uid=app.uid, volume=key), *_came_along(engine, app, key))}
    for container in engine.listed():
        used = sorted(names & {mount.name for mount in container.mounts if mount.kind == "volume"})
        if used and not labels.is_ours(container.labels, app) and container.id not in mine:
            text = f"the volume {used[0]} is also used by the container {container.name}"
            yield f"{text}; remove that first, or keep the volume"


def remove_volume(engine: Engine, app: Placement, key: str) -> None:
    """Deletes the application's volume and its data; fine when it is not there. Raises DriverError while it is used."""
    for volume in (*engine.volumes(uid=app.uid, volume=key), *_came_along(engine, app, key)):
        removed = {item.id for item in engine.containers(uid=app.uid) if role_of(item) is Role.REMOVED}
        users = engine.users_of(volume.name)
        if others := [item.name for item in users if item.id not in removed]:
            text = f"the volume {volume.name} is in use by {', '.join(others)} and was kept; remove that first"
            raise DriverError(text, permanent=True, untouched=True)
        for container in users:
            engine.remove(container.id)
        engine.remove_volume(volume.name)


def _came_along(engine: Engine, app: Placement, key: str) -> Iterator[There]:
    """The volume of a container that was taken in."""
    name = adoption_labels.volumes_of(engine, app).get(key)
    volume = engine.volume(name) if name else None
    if volume is not None and not labels.is_ours(volume.labels, app):
        yield volume


def owner(of: Mapping[str, str]) -> str:
    slug = of.get(labels.SLUG)
    return f"another application, {slug}" if slug else "somebody else"


def advice(volume: Volume) -> str:
    return "choose another name for it" if volume.name else "choose another name for the application, or remove it"


def _plain(volume: Volume, secrets: Mapping[str, str]) -> Volume:
    options = {name: plain(value, secrets) for name, value in volume.options.items()}
    return volume.model_copy(update={"options": options, "name": plain(volume.name, secrets)})
