"""What a component waits for before it starts."""

import time

from apps_app.drivers.base import DriverError, Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.adoption_labels import adopted
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.duration import seconds
from apps_app.drivers.docker.api.models import Container
from apps_app.drivers.docker.api.snapshot import Look
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.state import health
from apps_app.drivers.docker.state.replacement import Swap
from templates_app.appspec.schema.component import Dependency, HealthGate


def wait_for_dependencies(engine: Engine, desired: Wanted) -> None:
    """Returns when all are as the component needs them, or are not there at all. Raises DriverError in its words."""
    for key, dependency in sorted(desired.component.depends_on.items()):
        containers = Swap(engine, desired.app, key).standing().acting
        if not containers:
            continue
        try:
            _wait(engine, key, containers, dependency, desired.component.health_gate)
        except DriverError as error:
            if dependency.required is not False:
                raise DriverError(f"{desired.key} waits for {error}", permanent=error.permanent) from error


def _wait(
    engine: Engine, key: str, containers: tuple[Container, ...], dependency: Dependency, gate: HealthGate
) -> None:
    if dependency.condition == "started":
        if not any(container.state.is_running or container.state.exit_code == 0 for container in containers):
            raise DriverError(f"{key}, which does not run: {health.ending(containers[0])}", permanent=True)
        return
    if dependency.condition == "completed":
        _completed(engine, key, containers, gate)
        return
    health.wait_until_good(engine, key, containers, gate.model_copy(update={"minimum": "0s"}))


def _completed(engine: Engine, key: str, containers: tuple[Container, ...], gate: HealthGate) -> None:
    end = time.monotonic() + seconds(gate.deadline)
    while True:
        now = [result for container in containers if (result := engine.container(container.id)) is not None]
        failed = [
            container for container in now if container.state.status in {"exited", "dead"} and container.state.exit_code
        ]
        if failed:
            text = f"{health.ending(failed[0])}{health.last_words(engine, failed[0])}"
            raise DriverError(f"{key} to complete, and {text}", permanent=True)
        if all(container.state.status == "exited" for container in now):
            return
        if time.monotonic() >= end:
            raise DriverError(f"{key} to complete, and it had not within {gate.deadline}", permanent=True)
        time.sleep(0.25)


def restart_dependents(engine: Engine, app: Placement, key: str) -> None:
    """Restarts the components that asked to be when this one was replaced."""
    snapshot = Look(engine, uid=app.uid)
    running = [(item.id, item.labels) for item in snapshot.listed() if item.state == "running"]
    running += [(item.id, item.labels) for item in adopted(snapshot, uid=app.uid) if item.state.status == "running"]
    for container, message in running:
        if key in message.get(labels.WAITS, "").split(","):
            engine.restart(container)
