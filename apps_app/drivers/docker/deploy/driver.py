"""Driver of Docker Engine targets. It reads the state of applications from labels on the engine."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import JsonValue

from apps_app.drivers.adoption import AdoptedContainer, InspectDocuments, ManagedContainer, UnmanagedContainer
from apps_app.drivers.base import (
    ComponentPart,
    CredentialsByRegistry,
    DriverError,
    DriverInfo,
    LiveComponent,
    ObservedComponent,
    OperationNote,
    Placement,
    ProgressCallback,
    UsedResource,
)
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.connection import EngineAddress, read_address
from apps_app.drivers.docker.api.snapshot import Snapshot, SnapshotCache
from apps_app.drivers.docker.deploy import adoption, preflight
from apps_app.drivers.docker.deploy.image_pull import pull_image
from apps_app.drivers.docker.deploy.session import DockerSession
from apps_app.drivers.docker.payload.builder import build_payload
from apps_app.drivers.docker.state import port_usage, volumes
from apps_app.drivers.docker.state.drift import accept_drift, read_drift
from apps_app.drivers.docker.state.replacement import Replacement
from apps_app.drivers.docker.state.replica_set import get_replica
from apps_app.drivers.docker.state.status import read_status
from apps_app.drivers.issues import PreflightIssue


@contextmanager
def session_lock(app: Placement) -> Iterator[None]:
    """Hold the lock of an application. The operating system releases it when the process ends.

    Raises DriverError while another session holds it.
    """
    folder = Path(tempfile.gettempdir()) / f"uplift-docker-{os.getuid()}"
    name = hashlib.sha256(app.uid.encode()).hexdigest()[:32]
    lock = FileLock(folder / name, mode=0o600, thread_local=False)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        message = f"Another session is changing {app.slug}. Try again later."
        raise DriverError(message, permanent=False) from error
    except OSError as error:
        raise DriverError(f"Cannot create locks in {folder}: {error.strerror}.", permanent=True) from error
    try:
        yield
    finally:
        lock.release()


def read_logs(engine: Engine, app: Placement, key: str, lines: int) -> Iterator[str]:
    """Yield the last lines of each container of a component; with several, each line starts with the replica."""
    active = Replacement(engine, app, key).load().active
    if not active:
        raise DriverError(f"{key} has no container, so it has no logs.", permanent=True)
    for container in active:
        prefix = f"{get_replica(container)}: " if len(active) > 1 else ""
        for line in engine.read_logs(container.id, lines).decode(errors="replace").splitlines():
            yield prefix + line


class DockerDriver:
    """Manages applications on one engine. It never changes resources that Uplift does not manage."""

    starts_containers = True

    def __init__(self, address: EngineAddress, minimum: str = "") -> None:
        self._engine = Engine(address)
        self._snapshots = SnapshotCache(self._engine)
        self._minimum = minimum

    def ping(self) -> DriverInfo:
        info = self._engine.get_info()
        return DriverInfo("docker", f"{info.version} on {info.system}/{info.architecture}", info.id)

    def read(self, app: Placement) -> Mapping[str, ObservedComponent]:
        return read_status(self._engine, app)

    def list_volumes(self, app: Placement) -> frozenset[str]:
        return volumes.list_volume_keys(Snapshot(self._engine, uid=app.uid), app)

    def read_live(self, app: Placement, parts: Mapping[str, ComponentPart]) -> Mapping[str, LiveComponent]:
        return read_drift(self._engine, app, parts)

    def accept_drift(self, app: Placement, note: OperationNote, key: str, part: ComponentPart) -> None:
        with session_lock(app):
            accept_drift(self._engine, app, key, part)

    def check(
        self, app: Placement, key: str, before: ComponentPart | None, after: ComponentPart | None
    ) -> Sequence[PreflightIssue]:
        snapshot = self._snapshots.get_snapshot("check", app.uid, key)
        issues = [*preflight.check_application(snapshot, app)]
        if after is not None:
            issues += preflight.check_part(snapshot, app, key, after)
            issues += port_usage.check_shared_use(snapshot, app, key, after)
        return issues

    def check_volume(self, app: Placement, name: str) -> Sequence[PreflightIssue]:
        snapshot = self._snapshots.get_snapshot("check_volume", app.uid, name)
        return [*volumes.check_volume_use(snapshot, app, name)]

    def list_used_resources(self, app: Placement) -> Sequence[UsedResource]:
        return port_usage.list_used_resources(self._snapshots.get_snapshot("list_used_resources", app.uid), app)

    def prepare(self, app: Placement, key: str, part: ComponentPart, watch: ProgressCallback) -> None:
        pull_image(self._engine, build_payload(app, key, part), watch)

    @contextmanager
    def session(self, app: Placement, note: OperationNote) -> Iterator[DockerSession]:
        with session_lock(app):
            try:
                session = DockerSession(self._engine, app, note, self._minimum)
                session.begin()
                yield session
            finally:
                self._snapshots.invalidate()

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        return read_logs(self._engine, app, key, lines)

    def list_unmanaged_containers(self) -> Sequence[UnmanagedContainer]:
        return adoption.list_unmanaged_containers(self._engine)

    def list_managed_containers(self) -> Sequence[ManagedContainer]:
        return adoption.list_managed_containers(self._engine)

    def read_inspect_documents(self, containers: Sequence[str]) -> InspectDocuments:
        return adoption.read_inspect_documents(self._engine, containers)

    def adopt(self, app: Placement, components: Sequence[AdoptedContainer]) -> None:
        with session_lock(app):
            adoption.adopt_containers(self._engine, app, components)

    def release(self, app: Placement) -> None:
        adoption.release_containers(self._engine, app)


def open_docker(config: Mapping[str, JsonValue], home: Path, logins: CredentialsByRegistry) -> DockerDriver:
    """Return the driver of a target's configuration."""
    return DockerDriver(read_address(config, home, logins), str(config.get("gate") or ""))
