"""Named volumes: created with labels, kept when containers are replaced, deleted only on request."""

from collections.abc import Iterator, Mapping

from apps_app.drivers.base import ComponentPart, DriverError, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.labels import ContainerRole, volume_name
from apps_app.drivers.docker.api.models import EngineVolume
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.state.replica_set import get_role
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue
from templates_app.appspec.interpolation.syntax import substitute_all
from templates_app.appspec.schema.model import Volume


def get_component_volumes(part: ComponentPart) -> dict[str, Volume]:
    """Return the volumes that a component mounts, by key, with secrets inserted."""
    keys = {mount.source for mount in part.component.mounts.values() if mount.kind == "volume" and mount.source}
    return {key: _substitute_secrets(part.volumes.get(key) or Volume(), part.secrets) for key in sorted(keys)}


def create_volumes(engine: AnyEngine, app: Placement, part: ComponentPart) -> None:
    """Create the missing volumes of a component. Raises DriverError where one cannot be used."""
    for key, volume in get_component_volumes(part).items():
        for issue in check_volume(engine, app, key, volume):
            raise DriverError(describe_issue(issue), permanent=True)
        name = volume_name(app, key, volume)
        if not volume.external and engine.get_volume(name) is None:
            own = {**volume.labels, **labels.build_owner_labels(app, volume=key)}
            engine.create_volume(name, own, volume.driver, volume.options)


def check_volume(engine: AnyEngine, app: Placement, key: str, volume: Volume) -> Iterator[PreflightIssue]:
    """Yield why a component cannot use this volume."""
    name = volume_name(app, key, volume)
    current = engine.get_volume(name)
    if current is None:
        if volume.external:
            yield PreflightIssue(IssueCode.VOLUME_MISSING, resource=name)
        return
    if volume.external:
        return
    if not labels.belongs_to(current.labels, app) and adoption_labels.map_adopted_volumes(engine, app).get(key) != name:
        params = {"renamed": "volume" if volume.name else "application"}
        yield PreflightIssue(IssueCode.VOLUME_CONFLICT, resource=name, holder=get_owner(current.labels), params=params)
    elif current.driver != (volume.driver or "local") or dict(current.options) != dict(volume.options):
        yield PreflightIssue(IssueCode.VOLUME_CHANGED, resource=name)


def list_volume_keys(engine: AnyEngine, app: Placement) -> frozenset[str]:
    """Return the keys of the application's volumes, adopted ones included."""
    volumes = engine.list_volumes(uid=app.uid)
    own = {volume.labels[labels.VOLUME] for volume in volumes if labels.VOLUME in volume.labels}
    return frozenset(own | adoption_labels.map_adopted_volumes(engine, app).keys())


def check_volume_use(engine: AnyEngine, app: Placement, key: str) -> Iterator[PreflightIssue]:
    """Yield an issue for each container of others, running or not, that mounts a volume of the application."""
    adopted = adoption_labels.list_adopted_ids(engine, app)
    volumes = (*engine.list_volumes(uid=app.uid, volume=key), *_find_adopted_volume(engine, app, key))
    names = {volume.name for volume in volumes}
    for container in engine.list_containers():
        used = sorted(names & {mount.name for mount in container.mounts if mount.kind == "volume"})
        if used and not labels.belongs_to(container.labels, app) and container.id not in adopted:
            holder = Holder(HolderKind.CONTAINER, container.name)
            yield PreflightIssue(IssueCode.VOLUME_IN_USE, resource=used[0], holder=holder)


def remove_volume(engine: AnyEngine, app: Placement, key: str) -> None:
    """Delete a volume of the application and its data, if present. Raises DriverError while it is in use."""
    for volume in (*engine.list_volumes(uid=app.uid, volume=key), *_find_adopted_volume(engine, app, key)):
        containers = engine.inspect_containers(uid=app.uid)
        removed = {container.id for container in containers if get_role(container) is ContainerRole.REMOVED}
        users = engine.list_volume_users(volume.name)
        if others := [container.name for container in users if container.id not in removed]:
            message = (
                f"The volume {volume.name} is in use by {', '.join(others)} and was not deleted. Remove the container "
                "first."
            )
            raise DriverError(message, permanent=True, untouched=True)
        for container in users:
            engine.remove(container.id)
        engine.remove_volume(volume.name)


def _find_adopted_volume(engine: AnyEngine, app: Placement, key: str) -> Iterator[EngineVolume]:
    """Yield the volume of an adopted container that still has its former owner's labels."""
    name = adoption_labels.map_adopted_volumes(engine, app).get(key)
    volume = engine.get_volume(name) if name else None
    if volume is not None and not labels.belongs_to(volume.labels, app):
        yield volume


def get_owner(resource_labels: Mapping[str, str]) -> Holder:
    """Return the owner of a volume, network or container by its labels."""
    slug = resource_labels.get(labels.SLUG)
    return Holder(HolderKind.APPLICATION, slug) if slug else Holder(HolderKind.UNKNOWN)


def _substitute_secrets(volume: Volume, secrets: Mapping[str, str]) -> Volume:
    options = {name: substitute_all(value, secrets) for name, value in volume.options.items()}
    return volume.model_copy(update={"options": options, "name": substitute_all(volume.name, secrets)})
