"""What is there of an application, by its labels alone."""

from collections.abc import Collection, Mapping, Sequence

from apps_app.drivers.base import Observed, Placement, State
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.models import Container, Volume
from apps_app.drivers.docker.api.snapshot import Look
from apps_app.drivers.docker.state.annotations import read_marks
from apps_app.drivers.docker.state.health import ending
from apps_app.drivers.docker.state.namespace_sharing import is_orphan
from apps_app.drivers.docker.state.replica_set import Standing, grouped, is_job

_WORST = (
    State.EXITED,
    State.UNHEALTHY,
    State.STOPPED,
    State.STARTING,
    State.RUNNING,
    State.HEALTHY,
    State.COMPLETED,
)
_ENDED_BY_ASKING = {0, 137, 143}


def read(engine: Engine, app: Placement) -> Mapping[str, Observed]:
    """Every component that has containers, or is meant to have none."""
    snapshot = Look(engine, uid=app.uid)
    marks = read_marks(snapshot, app)
    containers = snapshot.containers()
    result, ids = grouped(containers), {container.id for container in containers}
    observed = {key: _observed(Standing(result.get(key, ()), marks.get(key)), ids) for key in sorted({*result, *marks})}
    return {key: item for key, item in observed.items() if item is not None}


def _observed(standing: Standing, ids: Collection[str]) -> Observed | None:
    acting = standing.acting
    if not acting:
        return _meant_to_be_none(standing.mark)
    state, detail = _state(acting)
    orphans = (
        f"{container.name} shares the network of a container that is gone"
        for container in acting
        if is_orphan(container, ids)
    )
    changed = standing.drift() or next(orphans, "")
    digests = {standing.digest(container) for container in acting}
    if changed or len(digests) != 1:
        return Observed(state, "", changed or "its containers are of different versions")
    return Observed(state, digests.pop(), detail)


def _meant_to_be_none(mark: Volume | None) -> Observed | None:
    if mark is None or mark.labels.get(labels.REPLICAS) != "0":
        return None
    return Observed(State.STOPPED, mark.labels.get(labels.DIGEST, ""), "it has no replicas")


def _state(containers: Sequence[Container]) -> tuple[State, str]:
    """The worst of them, and what is to be said about it."""
    states = [(_state_of(item), item) for item in containers]
    state, container = min(states, key=lambda result: _WORST.index(result[0]))
    detail = ending(container) if state is State.EXITED else ""
    if container.state.status == "restarting":
        detail = f"it restarts again and again: {ending(container)}"
    good = sum(component_state is not state for component_state, _ in states)
    return state, f"{detail}{'; ' if detail and good else ''}{f'{good} of {len(states)} are better' if good else ''}"


def _state_of(container: Container) -> State:
    state = container.state
    if state.status == "restarting" or (state.checked == "unhealthy" and state.is_running):
        return State.UNHEALTHY
    if state.status in {"running", "paused"}:
        if state.checked == "starting":
            return State.STARTING
        return State.HEALTHY if state.checked == "healthy" else State.RUNNING
    if is_job(container) and state.status == "exited" and state.exit_code == 0:
        return State.COMPLETED
    return State.STOPPED if state.status == "created" or state.exit_code in _ENDED_BY_ASKING else State.EXITED
