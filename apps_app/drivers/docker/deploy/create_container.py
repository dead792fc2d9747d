"""Creates one container with its networks and files, without starting it."""

import io
import posixpath
import re
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import EngineContainer, InspectTree
from apps_app.drivers.docker.payload.desired_container import DesiredContainer, InjectedFile, map_shared_namespaces
from apps_app.drivers.docker.state.container_decoder import build_expected_document, compute_config_digest
from apps_app.drivers.docker.state.namespace_sharing import get_current_container


def inject_files(engine: Engine, container: str, files: Sequence[InjectedFile]) -> None:
    """Write files with owner and mode into a container and create missing directories. Raises DriverError."""
    if not files:
        return
    missing = [path for path in _list_parent_folders(files) if not engine.has_path(container, path)]
    try:
        engine.put_archive(container, build_archive(files, missing))
    except DriverError as error:
        directories = [file.path for file in files if engine.has_path(container, f"{file.path}/.")]
        if not directories:
            raise
        message = f"{', '.join(directories)} is a directory in the image. Choose another path for the config file."
        raise DriverError(message, permanent=True) from error


def build_archive(files: Sequence[InjectedFile], folders: Iterable[str]) -> bytes:
    """Return a tar archive of files and directories relative to the root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in folders:
            info = tarfile.TarInfo(folder.removeprefix("/"))
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for file in files:
            entry = tarfile.TarInfo(file.path.removeprefix("/"))
            entry.size, entry.mode, entry.uid, entry.gid = len(file.content), file.mode, file.uid, file.gid
            tar.addfile(entry, io.BytesIO(file.content))
    return buffer.getvalue()


def _list_parent_folders(files: Sequence[InjectedFile]) -> list[str]:
    """Return all parent directories of the files, outer ones first."""
    folders: set[str] = set()
    for file in files:
        folder = posixpath.dirname(posixpath.normpath(file.path))
        while folder not in {"", "/"}:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    return sorted(folders)


_ANONYMOUS_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ContainerCreation:
    """Which replica to create, in which role and run.

    `named`: it gets its network aliases at once. `previous` is the container it replaces, whose anonymous volumes it
    reuses.
    """

    replica: int
    role: ContainerRole
    run_id: str
    named: bool
    previous: EngineContainer | None


def create_container(engine: Engine, desired: DesiredContainer, creation: ContainerCreation) -> str:
    """Create a container with its networks and files, without starting it; return its id.

    Raises DriverError and leaves no container behind then.
    """
    verified = _add_config_digest(engine, desired)
    container = _create_connected(engine, verified, creation)
    if verified.config_digest and not _matches_config_digest(engine, verified, container):
        # The engine normalizes some option of this container, so the digest would report drift at once.
        engine.remove(container)
        container = _create_connected(engine, desired, creation)
    try:
        inject_files(engine, container, desired.files)
    except BaseException:
        engine.remove(container)
        raise
    return container


def _add_config_digest(engine: Engine, desired: DesiredContainer) -> DesiredContainer:
    """Return a copy with the digest of the expected inspect document, to detect a container recreated by others."""
    image = engine.inspect("image", desired.image)
    if image is None:
        return desired
    document = build_expected_document(desired, image)
    return replace(desired, config_digest=compute_config_digest(desired.app.uid, desired.key, document))


def _matches_config_digest(engine: Engine, desired: DesiredContainer, container: str) -> bool:
    document = engine.inspect("container", container) or {}
    return compute_config_digest(desired.app.uid, desired.key, document) == desired.config_digest


def _create_connected(engine: Engine, desired: DesiredContainer, creation: ContainerCreation) -> str:
    """Create the container in its networks, without its files."""
    document = desired.build_document(creation.replica, creation.run_id)
    host = document["HostConfig"]
    if isinstance(host, dict):
        resolved = _resolve_shared_namespaces(engine, desired, host)
        document["HostConfig"] = _reuse_anonymous_volumes(engine, resolved, desired, creation.previous)
    endpoints = {
        name: endpoint if creation.named else _remove_aliases(endpoint) for name, endpoint in desired.endpoints.items()
    }
    first = next(iter(endpoints), None)
    if first is not None:
        mac = endpoints[first].get("MacAddress")
        if mac and engine.api_version < (1, 44):
            document["MacAddress"] = mac
        document["NetworkingConfig"] = {"EndpointsConfig": {first: endpoints[first]}}
    name = desired.build_name(creation.replica, creation.role)
    container = engine.create_container(name, document, desired.platform)
    try:
        for network, endpoint in endpoints.items():
            if network != first:
                engine.connect(network, container, endpoint)
    except BaseException:
        engine.remove(container)
        raise
    return container


def _remove_aliases(endpoint: InspectTree) -> InspectTree:
    return {name: value for name, value in endpoint.items() if name != "Aliases"}


def _resolve_shared_namespaces(engine: Engine, desired: DesiredContainer, host: InspectTree) -> InspectTree:
    """Replace `service:web` with the id of web's current container."""
    resolved = dict(host)
    for field, key in map_shared_namespaces(resolved).items():
        resolved[field] = f"container:{_get_namespace_owner_id(engine, desired, key)}"
    if isinstance(sources := resolved.get("VolumesFrom"), list):
        resolved["VolumesFrom"] = [_resolve_volumes_from(engine, desired, str(source)) for source in sources]
    return resolved


def _resolve_volumes_from(engine: Engine, desired: DesiredContainer, text: str) -> JsonValue:
    if text.startswith("container:"):
        return text.removeprefix("container:")
    key, separator, mode = text.partition(":")
    return _get_namespace_owner_id(engine, desired, key) + separator + mode


def _get_namespace_owner_id(engine: Engine, desired: DesiredContainer, key: str) -> str:
    container = get_current_container(engine, desired.app, key)
    if container is None:
        message = f"{desired.key} shares resources with {key}, which has no container. Deploy {key} first."
        raise DriverError(message, permanent=True)
    return container.id


def _reuse_anonymous_volumes(
    engine: Engine, host: InspectTree, desired: DesiredContainer, previous: EngineContainer | None
) -> InspectTree:
    """Return the host configuration with the anonymous volumes of the previous container, which keep their data."""
    volumes = _map_anonymous_volumes(engine, desired, previous) if previous is not None else {}
    if not volumes:
        return host
    mounts = host.get("Mounts")
    others = [mount for mount in (mounts if isinstance(mounts, list) else []) if not _is_mounted_at(mount, volumes)]
    reused: list[JsonValue] = [{"Type": "volume", "Source": name, "Target": path} for path, name in volumes.items()]
    return {**host, "Mounts": [*others, *reused]}


def _map_anonymous_volumes(engine: Engine, desired: DesiredContainer, previous: EngineContainer) -> dict[str, str]:
    """Return the names of reusable anonymous volumes by path."""
    mounts = desired.component.mounts
    image = engine.get_image(desired.image)
    paths = {path for path, mount in mounts.items() if mount.kind == "volume" and not mount.source}
    paths |= (image.volumes if image else frozenset()) - mounts.keys()
    return {
        mount.path: mount.name
        for mount in previous.mounts
        if mount.kind == "volume" and mount.path in paths and _ANONYMOUS_NAME.fullmatch(mount.name)
    }


def _is_mounted_at(mount: JsonValue, paths: Mapping[str, str]) -> bool:
    return isinstance(mount, dict) and mount.get("Target") in paths
