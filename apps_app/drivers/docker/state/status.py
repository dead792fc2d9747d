"""Status of an application, read from labels on the engine alone."""

from collections.abc import Collection, Mapping, Sequence

from apps_app.drivers.base import ComponentState, ObservedComponent, Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.models import EngineContainer, EngineVolume
from apps_app.drivers.docker.api.snapshot import Snapshot
from apps_app.drivers.docker.state.annotations import read_annotations
from apps_app.drivers.docker.state.health import describe_exit
from apps_app.drivers.docker.state.namespace_sharing import is_orphan
from apps_app.drivers.docker.state.replica_set import ReplicaSet, group_by_key, is_job

_STATES_WORST_FIRST = (
    ComponentState.EXITED,
    ComponentState.UNHEALTHY,
    ComponentState.STOPPED,
    ComponentState.STARTING,
    ComponentState.RUNNING,
    ComponentState.HEALTHY,
    ComponentState.COMPLETED,
)
_STOP_EXIT_CODES = {0, 137, 143}


def read_status(engine: Engine, app: Placement) -> Mapping[str, ObservedComponent]:
    """Return the status of each component that has containers or is scaled to zero."""
    snapshot = Snapshot(engine, uid=app.uid)
    annotations = read_annotations(snapshot, app)
    containers = snapshot.inspect_containers()
    groups, ids = group_by_key(containers), {container.id for container in containers}
    observed = {
        key: _observe_component(ReplicaSet(groups.get(key, ()), annotations.get(key)), ids)
        for key in sorted({*groups, *annotations})
    }
    return {key: component for key, component in observed.items() if component is not None}


def _observe_component(replica_set: ReplicaSet, ids: Collection[str]) -> ObservedComponent | None:
    active = replica_set.active
    if not active:
        return _observe_zero_replicas(replica_set.annotation)
    state, detail = _compute_state(active)
    orphans = (container.name for container in active if is_orphan(container, ids))
    drift = replica_set.describe_drift()
    if not drift and (orphan := next(orphans, "")):
        drift = f"{orphan} shares the network of a container that no longer exists"
    digests = {replica_set.get_digest(container) for container in active}
    if drift or len(digests) != 1:
        return ObservedComponent(state, "", drift or "replicas have different versions")
    return ObservedComponent(state, digests.pop(), detail)


def _observe_zero_replicas(annotation: EngineVolume | None) -> ObservedComponent | None:
    if annotation is None or annotation.labels.get(labels.REPLICAS) != "0":
        return None
    return ObservedComponent(ComponentState.STOPPED, annotation.labels.get(labels.DIGEST, ""), "no replicas")


def _compute_state(containers: Sequence[EngineContainer]) -> tuple[ComponentState, str]:
    """Return the worst state of the containers, with a detail."""
    states = [(_compute_container_state(item), item) for item in containers]
    state, container = min(states, key=lambda pair: _STATES_WORST_FIRST.index(pair[0]))
    details = [describe_exit(container)] if state is ComponentState.EXITED else []
    if container.state.status == "restarting":
        details = [f"it restarts repeatedly: {describe_exit(container)}"]
    if better := sum(other is not state for other, _ in states):
        details.append(f"{better} of {len(states)} are in a better state")
    return state, "; ".join(details)


def _compute_container_state(container: EngineContainer) -> ComponentState:
    state = container.state
    if state.status == "restarting" or (state.health_status == "unhealthy" and state.is_running):
        return ComponentState.UNHEALTHY
    if state.status in {"running", "paused"}:
        if state.health_status == "starting":
            return ComponentState.STARTING
        return ComponentState.HEALTHY if state.health_status == "healthy" else ComponentState.RUNNING
    if is_job(container) and state.status == "exited" and state.exit_code == 0:
        return ComponentState.COMPLETED
    return (
        ComponentState.STOPPED
        if state.status == "created" or state.exit_code in _STOP_EXIT_CODES
        else ComponentState.EXITED
    )
