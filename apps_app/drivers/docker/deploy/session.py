"""A session of changes to one application on an engine. Changes persist even if the session is not finished."""

import hashlib
import time

from apps_app.drivers.base import ComponentPart, DriverError, OperationNote, Placement, SessionResult
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.adoption_labels import inspect_adopted_containers, list_adopted_ids
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.errors import is_port_conflict
from apps_app.drivers.docker.api.json_values import parse_seconds
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import EngineContainer
from apps_app.drivers.docker.api.snapshot import Snapshot
from apps_app.drivers.docker.deploy.adoption import remove_stale_adoptions
from apps_app.drivers.docker.deploy.image_pull import pull_missing
from apps_app.drivers.docker.deploy.preflight import find_port_conflict
from apps_app.drivers.docker.deploy.reconcile import Reconciler
from apps_app.drivers.docker.payload.builder import build_desired_container
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.docker.state import health, volumes
from apps_app.drivers.docker.state.annotations import remove_annotation
from apps_app.drivers.docker.state.health import wait_until_healthy
from apps_app.drivers.docker.state.namespace_sharing import restart_namespace_users
from apps_app.drivers.docker.state.networks import create_networks, remove_unused_networks
from apps_app.drivers.docker.state.replacement import Replacement
from apps_app.drivers.docker.state.replica_set import get_role
from apps_app.presenters.preflight_messages import describe_issue
from templates_app.appspec.schema.component import Dependency, HealthGate


def wait_for_dependencies(engine: Engine, desired: DesiredContainer) -> None:
    """Wait until the dependencies of a component meet their condition; those without containers are skipped.

    Raises DriverError where a required dependency fails or its deadline passes.
    """
    for key, dependency in sorted(desired.component.depends_on.items()):
        containers = Replacement(engine, desired.app, key).load().active
        if not containers:
            continue
        try:
            _wait(engine, key, containers, dependency, desired.component.health_gate)
        except DriverError as error:
            if dependency.required is not False:
                message = f"{desired.key} depends on {key}. {error}"
                raise DriverError(message, permanent=error.permanent) from error


def _wait(
    engine: Engine, key: str, containers: tuple[EngineContainer, ...], dependency: Dependency, gate: HealthGate
) -> None:
    if dependency.condition == "started":
        if not any(container.state.is_running or container.state.exit_code == 0 for container in containers):
            message = f"{key} is not running: {health.describe_exit(containers[0])}."
            raise DriverError(message, permanent=True)
    elif dependency.condition == "completed":
        _wait_for_completion(engine, key, containers, gate)
    else:
        health.wait_until_healthy(engine, key, containers, gate.model_copy(update={"minimum": "0s"}))


def _wait_for_completion(engine: Engine, key: str, containers: tuple[EngineContainer, ...], gate: HealthGate) -> None:
    deadline = time.monotonic() + parse_seconds(gate.deadline)
    while True:
        listed = (engine.get_container(container.id) for container in containers)
        current = [container for container in listed if container is not None]
        for container in current:
            if container.state.status in {"exited", "dead"} and container.state.exit_code:
                logs = health.describe_last_log_lines(engine, container)
                raise DriverError(f"{key} did not complete: {health.describe_exit(container)}{logs}.", permanent=True)
        if all(container.state.status == "exited" for container in current):
            return
        if time.monotonic() >= deadline:
            raise DriverError(f"{key} did not complete within {gate.deadline}.", permanent=True)
        time.sleep(0.25)


def restart_dependents(engine: Engine, app: Placement, key: str) -> None:
    """Restart the running components that are configured to restart when this one is replaced."""
    snapshot = Snapshot(engine, uid=app.uid)
    running = [(item.id, item.labels) for item in snapshot.list_containers() if item.state == "running"]
    adopted = inspect_adopted_containers(snapshot, uid=app.uid)
    running += [(item.id, item.labels) for item in adopted if item.state.status == "running"]
    for container, container_labels in running:
        if key in container_labels.get(labels.RESTARTS_WITH, "").split(","):
            engine.restart(container)


class DockerSession:
    """Applies changes, keeping previous containers until `finish` so that a rollback restores the very same ones.

    `minimum` is the target's minimum healthy time for components without their own; "" for the default.
    """

    def __init__(self, engine: Engine, app: Placement, note: OperationNote, minimum: str = "") -> None:
        self._engine = engine
        self._minimum = minimum
        self._app = app
        self._run_id = hashlib.sha256(f"{note.subject}\n{note.body}\n{note.operator}".encode()).hexdigest()[:16]
        self._replaced: set[str] = set()

    def begin(self) -> None:
        """Recover interrupted replacements and remove the previous containers of other runs. Raises DriverError."""
        for key in self._list_unfinished_keys():
            replica_set = self._get_replacement(key).recover()
            current = replica_set.with_role(ContainerRole.CURRENT)
            if replica_set.running_alongside:
                continue
            for replica, container in replica_set.with_role(ContainerRole.OLD).items():
                successor = current.get(replica)
                if successor is not None and successor.labels.get(labels.RUN) != self._run_id:
                    self._engine.remove(container.id)

    def apply(self, key: str, part: ComponentPart) -> None:
        desired = self._prepare_resources(key, part)
        wait_for_dependencies(self._engine, desired)
        self._reconcile(desired)

    def restore(self, key: str, part: ComponentPart) -> bool:
        return self._reconcile(self._prepare_resources(key, part))

    def _prepare_resources(self, key: str, part: ComponentPart) -> DesiredContainer:
        desired, snapshot = build_desired_container(self._app, key, part), Snapshot(self._engine)
        pull_missing(snapshot, desired)
        create_networks(snapshot, self._app, part)
        volumes.create_volumes(snapshot, self._app, part)
        return desired

    def _reconcile(self, desired: DesiredContainer) -> bool:
        try:
            is_changed = Reconciler(self._engine, desired, self._run_id).run()
        except DriverError as error:
            issue = find_port_conflict(Snapshot(self._engine), desired) if is_port_conflict(error) else None
            if issue is None:
                raise
            raise DriverError(describe_issue(issue), permanent=error.permanent) from error
        if is_changed:
            self._replaced.add(desired.key)
        return is_changed

    def remove(self, key: str) -> None:
        """Stop the containers from before this run and keep them until `finish`; remove those of the run itself."""
        replacement = self._get_replacement(key)
        replica_set = replacement.recover()
        for container in replica_set.with_role(ContainerRole.NEW).values():
            replacement.discard(container)
        removed = replica_set.with_role(ContainerRole.REMOVED).keys()
        previous = replica_set.with_role(ContainerRole.OLD)
        for replica, container in replica_set.with_role(ContainerRole.CURRENT).items():
            if replica in previous or replica in removed or container.labels.get(labels.RUN) == self._run_id:
                replacement.discard(container)
            else:
                replacement.stop_and_keep(container, ContainerRole.REMOVED)
        for replica, container in previous.items():
            if replica in removed:
                replacement.discard(container)
            else:
                replacement.stop_and_keep(container, ContainerRole.REMOVED)
        remove_annotation(self._engine, self._app, key)

    def remove_volume(self, name: str) -> None:
        volumes.remove_volume(self._engine, self._app, name)

    def wait_for_health(self, key: str, part: ComponentPart) -> str:
        replacement = self._get_replacement(key)
        active = replacement.load().active
        if not active:
            return self._check_no_replicas(key, part)
        evidence = wait_until_healthy(self._engine, key, active, self._build_gate(part), new=key in self._replaced)
        replacement.promote()
        if key in self._replaced:
            self._replaced.discard(key)
            restart_dependents(self._engine, self._app, key)
            restart_namespace_users(self._engine, self._app, key)
        return evidence

    def start(self, key: str) -> None:
        """Start the component's containers, if stopped. Raises DriverError."""
        for container in self._recover_active(key):
            self._engine.start(container.id)
        restart_namespace_users(self._engine, self._app, key)

    def stop(self, key: str) -> None:
        """Stop the component's containers, if running, each within its grace period. Raises DriverError."""
        for container in self._recover_active(key):
            self._engine.stop(container.id)

    def restart(self, key: str) -> None:
        """Restart the component's containers one after another. Raises DriverError."""
        for container in self._recover_active(key):
            self._engine.restart(container.id)
        restart_namespace_users(self._engine, self._app, key)

    def finish(self) -> SessionResult:
        for key in self._list_unfinished_keys():
            replacement = self._get_replacement(key)
            replacement.promote()
            for container in replacement.load().containers:
                if get_role(container) is not ContainerRole.CURRENT:
                    self._engine.remove(container.id)
        snapshot = Snapshot(self._engine)
        remove_stale_adoptions(snapshot, self._app)
        remove_unused_networks(snapshot, self._app)
        return self._build_result(snapshot)

    def _list_unfinished_keys(self) -> list[str]:
        """Return the components that have or may have containers which are not current."""
        snapshot = Snapshot(self._engine, uid=self._app.uid)
        containers = snapshot.list_containers()
        replaced = [item.labels for item in containers if get_role(item) is not ContainerRole.CURRENT]
        adopted = [volume.labels for volume in snapshot.list_volumes(role=labels.ROLE_ADOPTED)]
        return sorted({item.get(labels.KEY, "") for item in (*replaced, *adopted)})

    def _build_gate(self, part: ComponentPart) -> HealthGate:
        """Return the health gate, with the target's minimum where the component has the default."""
        gate = part.component.health_gate
        if self._minimum and gate.minimum == HealthGate().minimum:
            return gate.model_copy(update={"minimum": self._minimum})
        return gate

    def _build_result(self, snapshot: Snapshot) -> SessionResult:
        adopted = list_adopted_ids(snapshot, self._app)
        containers = snapshot.list_containers()
        own = [item for item in containers if labels.belongs_to(item.labels, self._app) or item.id in adopted]
        running = sum(item.is_running for item in own)
        stopped = len(own) - running
        summary = f"{running} {'container' if running == 1 else 'containers'} running"
        return SessionResult(summary + (f", {stopped} stopped" if stopped else ""))

    def _check_no_replicas(self, key: str, part: ComponentPart) -> str:
        if str(part.component.replicas) == "0":
            return "no replicas"
        raise DriverError(f"{key} has no container: it was removed outside Uplift.", permanent=True)

    def _recover_active(self, key: str) -> tuple[EngineContainer, ...]:
        return self._get_replacement(key).recover().active

    def _get_replacement(self, key: str) -> Replacement:
        return Replacement(self._engine, self._app, key)
