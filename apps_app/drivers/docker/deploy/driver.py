"""A Docker Engine as a target: it runs what it is told, and tells by labels what there is."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import JsonValue

from apps_app.drivers.adoption import Adopting, Documents, Owned, Stranger
from apps_app.drivers.base import DriverError, DriverInfo, Found, Logins, Note, Observed, Part, Placement, Taken, Watch
from apps_app.drivers.docker.api.address import Address, read_address
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.lock import session_lock
from apps_app.drivers.docker.api.snapshot import Look, Round
from apps_app.drivers.docker.deploy import adoption, preflight
from apps_app.drivers.docker.deploy.accept_drift import keep
from apps_app.drivers.docker.deploy.image_pull import bring
from apps_app.drivers.docker.deploy.session import DockerSession
from apps_app.drivers.docker.payload.builder import carry
from apps_app.drivers.docker.state import port_usage, volumes
from apps_app.drivers.docker.state.drift import found
from apps_app.drivers.docker.state.replacement import Swap
from apps_app.drivers.docker.state.replica_set import replica
from apps_app.drivers.docker.state.status import read


def read_logs(engine: Engine, app: Placement, key: str, lines: int) -> Iterator[str]:
    """The last lines of each of its containers, oldest first; with several, each line begins with whose it is."""
    acting = Swap(engine, app, key).standing().acting
    if not acting:
        raise DriverError(f"{key} has no container, so there are no logs", permanent=True)
    for container in acting:
        prefix = f"{replica(container)}: " if len(acting) > 1 else ""
        for line in engine.logs(container.id, lines).decode(errors="replace").splitlines():
            yield prefix + line


class DockerDriver:
    """Speaks to one engine. What is not this application's is never touched."""

    runs = True

    def __init__(self, address: Address, minimum: str = "") -> None:
        self._engine = Engine(address)
        self._round = Round(self._engine)
        self._minimum = minimum

    def ping(self) -> DriverInfo:
        info = self._engine.info()
        return DriverInfo("docker", f"{info.version} on {info.system}/{info.architecture}", info.id)

    def read(self, app: Placement) -> Mapping[str, Observed]:
        return read(self._engine, app)

    def volumes(self, app: Placement) -> frozenset[str]:
        return volumes.there(Look(self._engine, uid=app.uid), app)

    def found(self, app: Placement, parts: Mapping[str, Part]) -> Mapping[str, Found]:
        return found(self._engine, app, parts)

    def keep(self, app: Placement, note: Note, key: str, part: Part) -> None:
        with session_lock(app):
            keep(self._engine, app, key, part)

    def check(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        snapshot = self._round.look("check", app.uid, key)
        against = [*preflight.of_application(snapshot, app)]
        return [*against, *(preflight.of_part(snapshot, app, key, after) if after is not None else ())]

    def check_volume(self, app: Placement, name: str) -> Sequence[str]:
        return [*volumes.in_use(self._round.look("check", app.uid, f"volume {name}"), app, name)]

    def warnings(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        snapshot = self._round.look("warnings", app.uid, key)
        return [*port_usage.warnings(snapshot, app, key, after)] if after is not None else ()

    def taken(self, app: Placement) -> Sequence[Taken]:
        return port_usage.taken(self._round.look("taken", app.uid), app)

    def prepare(self, app: Placement, key: str, part: Part, watch: Watch) -> None:
        bring(self._engine, carry(app, key, part), watch)

    @contextmanager
    def session(self, app: Placement, note: Note) -> Iterator[DockerSession]:
        with session_lock(app):
            try:
                session = DockerSession(self._engine, app, note, self._minimum)
                session.begin()
                yield session
            finally:
                self._round.end()

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        return read_logs(self._engine, app, key, lines)

    def strangers(self) -> Sequence[Stranger]:
        return adoption.strangers(self._engine)

    def owned(self) -> Sequence[Owned]:
        return adoption.owned(self._engine)

    def look(self, containers: Sequence[str]) -> Documents:
        return adoption.look(self._engine, containers)

    def adopt(self, app: Placement, components: Sequence[Adopting]) -> None:
        with session_lock(app):
            adoption.adopt(self._engine, app, components)

    def release(self, app: Placement) -> None:
        adoption.release(self._engine, app)


def open_docker(config: Mapping[str, JsonValue], home: Path, logins: Logins) -> DockerDriver:
    """The driver of a target's row."""
    return DockerDriver(read_address(config, home, logins), str(config.get("gate") or ""))
