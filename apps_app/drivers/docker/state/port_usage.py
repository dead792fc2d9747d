"""Resources that other containers on the same engine use: ports, names, volumes, host paths."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart, Placement, ResourceKind, UsedResource
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.labels import volume_name
from apps_app.drivers.docker.api.models import ContainerSummary, MountPoint
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.state import host_info
from apps_app.drivers.docker.state.volumes import get_component_volumes
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue, Severity
from templates_app.appspec.interpolation.render import reveal_secrets
from templates_app.appspec.schema.errors import SpecError

type MountPredicate = Callable[[MountPoint], bool]

_COMMON_HOST_PATHS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/etc/localtime",
    "/etc/timezone",
    "/dev",
    "/sys",
    "/proc",
)
_ANY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104  # read, not bound


def list_used_resources(engine: AnyEngine, app: Placement) -> tuple[UsedResource, ...]:
    """Return the ports, names, volumes and host paths of all containers but this application's."""
    others = _list_other_containers(engine, app)
    resources = {resource for container in others for resource in _list_container_resources(container)}
    return tuple(sorted(resources, key=lambda used: (used.kind, used.resource, used.holder.kind, used.holder.name)))


def check_shared_use(engine: AnyEngine, app: Placement, key: str, part: ComponentPart) -> Iterator[PreflightIssue]:
    """Yield warnings: volumes and host paths shared with others, variables without a value, low disk space."""
    others = _list_other_containers(engine, app)
    volumes = get_component_volumes(part).items()
    for name in sorted({volume_name(app, item, volume) for item, volume in volumes if volume.name or volume.external}):
        for holder in _list_users(others, partial(_is_volume_mount, name)):
            yield _warn(IssueCode.VOLUME_SHARED, key, name, holder)
    for path in sorted(_list_host_paths(part)):
        for holder in _list_users(others, partial(_overlaps, path)):
            yield _warn(IssueCode.PATH_SHARED, key, path, holder)
    if unset := sorted(name for name, value in part.component.env.items() if value is None):
        yield _warn(IssueCode.ENVIRONMENT_NOT_SET, key, ", ".join(unset))
    yield from host_info.check_disk_low(engine)


def _warn(code: IssueCode, key: str, resource: str, holder: Holder | None = None) -> PreflightIssue:
    return PreflightIssue(code, Severity.WARNING, key, resource, holder)


def get_holder(container: ContainerSummary) -> Holder:
    """Return the application of a container, or the container itself where Uplift does not manage it."""
    slug = container.labels.get(labels.SLUG)
    if not slug:
        return Holder(HolderKind.CONTAINER, container.name)
    return Holder(HolderKind.APPLICATION, slug, container.labels.get(labels.KEY, ""))


def _list_other_containers(engine: AnyEngine, app: Placement) -> tuple[ContainerSummary, ...]:
    adopted = adoption_labels.list_adopted_ids(engine, app)
    containers = engine.list_containers()
    return tuple(item for item in containers if not labels.belongs_to(item.labels, app) and item.id not in adopted)


def _list_container_resources(container: ContainerSummary) -> Iterator[UsedResource]:
    holder = get_holder(container)
    yield UsedResource(ResourceKind.NAME, container.name, holder)
    for port in container.ports:
        if port.get("PublicPort"):
            yield UsedResource(ResourceKind.PORT, _format_port(port), holder)
    for mount in container.mounts:
        if mount.kind == "volume" and len(mount.name) != 64:
            yield UsedResource(ResourceKind.VOLUME, mount.name, holder)
        elif mount.kind == "bind":
            yield UsedResource(ResourceKind.PATH, mount.source, holder)


def _format_port(port: Mapping[str, JsonValue]) -> str:
    """Return a published port as specs write it: "8080/tcp" where it is published on every address."""
    address = str(port.get("IP") or "")
    host = f"[{address}]:" if ":" in address else f"{address}:"
    return f"{'' if address in _ANY_ADDRESS else host}{port['PublicPort']}/{port.get('Type') or 'tcp'}"


def _list_users(others: tuple[ContainerSummary, ...], is_used: MountPredicate) -> list[Holder]:
    return list(dict.fromkeys(get_holder(item) for item in others if any(map(is_used, item.mounts))))


def _list_host_paths(part: ComponentPart) -> set[str]:
    """Return a component's host paths without those that many containers mount. Invalid specs have other issues."""
    try:
        mounts = reveal_secrets(part.component, part.secrets).mounts.values()
    except SpecError:
        return set()
    paths = {mount.source for mount in mounts if mount.kind == "host"}
    return {path for path in paths if not any(_is_within(path, common) for common in _COMMON_HOST_PATHS)}


def _is_volume_mount(name: str, point: MountPoint) -> bool:
    return point.kind == "volume" and point.name == name


def _overlaps(path: str, point: MountPoint) -> bool:
    """Whether one of two host paths contains the other."""
    return point.kind == "bind" and (_is_within(point.source, path) or _is_within(path, point.source))


def _is_within(path: str, folder: str) -> bool:
    bare = folder.rstrip("/")
    return path.rstrip("/") == bare or path.startswith(f"{bare}/")
