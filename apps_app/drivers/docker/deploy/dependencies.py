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


def wait_for_dependencies(engine: Engine, wanted: Wanted) -> None:
    """Returns when all are as the component needs them, or are not there at all. Raises DriverError in its words."""
    for key, dependency in sorted(wanted.component.depends_on.items()):
        containers = Swap(engine, wanted.app, key).standing().acting
        if not containers:
            continue
        try:
            _wait(engine, key, containers, dependency, wanted.component.health_gate)
        except DriverError as error:
            if dependency.required is not False:
                raise DriverError(f"{wanted.key} waits for {error}", permanent=error.permanent) from error


def _wait(
    engine: Engine, key: str, containers: tuple[Container, ...], dependency: Dependency, gate: HealthGate
) -> None:
    if dependency.condition == "started":
        if not any(one.state.is_running or one.state.exit_code == 0 for one in containers):
            raise DriverError(f"{key}, which does not run: {health.ending(containers[0])}", permanent=True)
        return
    if dependency.condition == "completed":
        _completed(engine, key, containers, gate)
        return
    health.wait_until_good(engine, key, containers, gate.model_copy(update={"minimum": "0s"}))


def _completed(engine: Engine, key: str, containers: tuple[Container, ...], gate: HealthGate) -> None:
    end = time.monotonic() + seconds(gate.deadline)
    while True:
        now = [found for one in containers if (found := engine.container(one.id)) is not None]
        failed = [one for one in now if one.state.status in {"exited", "dead"} and one.state.exit_code]
        if failed:
            said = f"{health.ending(failed[0])}{health.last_words(engine, failed[0])}"
            raise DriverError(f"{key} to complete, and {said}", permanent=True)
        if all(one.state.status == "exited" for one in now):
            return
        if time.monotonic() >= end:
            raise DriverError(f"{key} to complete, and it had not within {gate.deadline}", permanent=True)
        time.sleep(0.25)


def restart_dependents(engine: Engine, app: Placement, key: str) -> None:
    """Restarts the components that asked to be when this one was replaced."""
    look = Look(engine, uid=app.uid)
    running = [(one.id, one.labels) for one in look.listed() if one.state == "running"]
    running += [(one.id, one.labels) for one in adopted(look, uid=app.uid) if one.state.status == "running"]
    for container, said in running:
        if key in said.get(labels.WAITS, "").split(","):
            engine.restart(container)
