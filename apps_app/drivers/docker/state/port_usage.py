"""What others have on the same engine: containers of other applications, and those that are nobody's we know."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from pydantic import JsonValue

from apps_app.drivers.base import Part, Placement, Taken, Thing
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import volume_name
from apps_app.drivers.docker.api.models import Listed, Mounted
from apps_app.drivers.docker.state import host_info
from apps_app.drivers.docker.state.volumes import used
from templates_app.appspec.interpolation.render import reveal
from templates_app.appspec.schema.errors import SpecError

type Uses = Callable[[Mounted], bool]

_SHARED_BY_MANY = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/etc/localtime",
    "/etc/timezone",
    "/dev",
    "/sys",
    "/proc",
)
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104  # read, not bound


def taken(engine: Engine, app: Placement) -> tuple[Taken, ...]:
    """Ports, names, volumes and host paths of everybody's containers but this application's."""
    result = [resource for container in _others(engine, app) for resource in _of_container(container)]
    return tuple(sorted(set(result), key=lambda resource: (resource.thing, resource.what, resource.by)))


def warnings(engine: Engine, app: Placement, key: str, part: Part) -> Iterator[str]:
    """What this component shares with others, which may be meant; and what this engine cannot take as it is told."""
    others = _others(engine, app)
    for name in sorted(
        {volume_name(app, name, volume) for name, volume in used(part).items() if volume.name or volume.external}
    ):
        if users := _who(others, partial(_is_volume, name)):
            yield f"{key}: the volume {name} is also used by {users}"
    for path in sorted(_host_paths(part)):
        if users := _who(others, partial(_meets, path)):
            yield f"{key}: the host path {path} is also used by {users}"
    if passed := sorted(name for name, text in part.component.env.items() if text is None):
        yield f"{key}: {', '.join(passed)} would be passed on from a host: an engine has nothing to pass on, so not set"
    yield from host_info.warning(engine)


def whose(container: Listed) -> str:
    """`the container legacy-web`, or of which application it is."""
    slug = container.labels.get(labels.SLUG)
    return f"the container {container.name}" + (f" of {slug}" if slug else "")


def _others(engine: Engine, app: Placement) -> tuple[Listed, ...]:
    mine = adoption_labels.adopted_ids(engine, app)
    return tuple(
        container
        for container in engine.listed()
        if not labels.is_ours(container.labels, app) and container.id not in mine
    )


def _of_container(container: Listed) -> Iterator[Taken]:
    by = whose(container)
    yield Taken(Thing.NAME, container.name, by)
    for port in container.ports:
        if port.get("PublicPort"):
            yield Taken(Thing.PORT, _written(port), by)
    for mount in container.mounts:
        if mount.kind == "volume" and len(mount.name) != 64:
            yield Taken(Thing.VOLUME, mount.name, by)
        elif mount.kind == "bind":
            yield Taken(Thing.PATH, mount.source, by)


def _written(port: Mapping[str, JsonValue]) -> str:
    """`8080/tcp` where it is published on every address, as documents write it."""
    address = str(port.get("IP") or "")
    host = f"[{address}]:" if ":" in address else f"{address}:"
    return f"{'' if address in _EVERYWHERE else host}{port['PublicPort']}/{port.get('Type') or 'tcp'}"


def _who(others: tuple[Listed, ...], uses: Uses) -> str:
    return ", ".join(whose(container) for container in others if any(map(uses, container.mounts)))


def _host_paths(part: Part) -> set[str]:
    """Without what half the world mounts. What cannot be read is objected to elsewhere."""
    try:
        mounts = reveal(part.component, part.secrets).mounts.values()
    except SpecError:
        return set()
    paths = {mount.source for mount in mounts if mount.kind == "host"}
    return {path for path in paths if not any(_is_in(path, common) for common in _SHARED_BY_MANY)}


def _is_volume(name: str, point: Mounted) -> bool:
    return point.kind == "volume" and point.name == name


def _meets(path: str, point: Mounted) -> bool:
    """Whether one of two host paths holds the other."""
    return point.kind == "bind" and (_is_in(point.source, path) or _is_in(path, point.source))


def _is_in(path: str, folder: str) -> bool:
    bare = folder.rstrip("/")
    return path.rstrip("/") == bare or path.startswith(f"{bare}/")
