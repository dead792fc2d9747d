"""Components that were stopped on the target, and that others which are put there now cannot do without."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from apps_app.drivers.base import ComponentState, ObservedComponent
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import find_dependencies, find_namespace_owners
from upgrades_app.engine.inputs.planning_input import PlanningInput
from upgrades_app.engine.inputs.rendered_side import RenderedSide
from upgrades_app.engine.planning.plan import StepAction

_STOPPED = {ComponentState.STOPPED, ComponentState.EXITED}
_STARTING = {StepAction.CREATE, StepAction.UPDATE, StepAction.RESTART, StepAction.RECREATE}


def find_stopped_dependencies(
    actions: Mapping[str, StepAction], merged: AppSpec, observed: Mapping[str, ObservedComponent] | None
) -> dict[str, str]:
    """Return stopped components without an action that a started component requires, mapped to that component.

    The dependencies of a started component are started with it.
    """
    result: dict[str, str] = {}
    stopped = frozenset(_list_stopped(actions, merged, observed or {}))
    waiting = [key for key, action in sorted(actions.items(), reverse=True) if action in _STARTING]
    while waiting and stopped:
        key = waiting.pop()
        for other in _list_required(merged.components.get(key), stopped - result.keys()):
            result[other] = key
            waiting.append(other)
    return result


def _list_stopped(
    actions: Mapping[str, StepAction], merged: AppSpec, observed: Mapping[str, ObservedComponent]
) -> Iterator[str]:
    for key, item in observed.items():
        component = merged.components.get(key)
        if component is None or component.kind == "job" or str(component.replicas) == "0":
            continue
        if actions.get(key) is StepAction.NOTHING and item.state in _STOPPED:
            yield key


def _list_required(component: ComponentSpec | None, among: Collection[str]) -> list[str]:
    """Return the required dependencies of a component, by key."""
    needs = {} if component is None else find_dependencies(component)
    return sorted(key for key, required in needs.items() if required and key in among)


_RESTARTED = {StepAction.CREATE, StepAction.RESTART, StepAction.RECREATE}
_NOT_RECREATED = {StepAction.NOTHING, StepAction.UPDATE, StepAction.RESTART}


def find_cascading_restarts(actions: Mapping[str, StepAction], merged: AppSpec) -> dict[str, str]:
    """Return components that share the network namespace of a recreated component, mapped to that component."""
    result: dict[str, str] = {}
    waiting = [key for key, action in sorted(actions.items()) if action in _NOT_RECREATED and key in merged.components]
    changed = True
    while changed:
        changed = False
        for key in waiting:
            owners = (
                namespace_owner
                for namespace_owner in sorted(find_namespace_owners(merged.components[key]))
                if actions.get(namespace_owner) in _RESTARTED or namespace_owner in result
            )
            if key not in result and (owner := next(owners, "")):
                result[key] = owner
                changed = True
    return result


class LiveComparison(StrEnum):
    """The live state of a component against the applied one. STRAY is live though it was never applied; UNKNOWN is the
    state after a failed rollback."""

    AS_APPLIED = "as applied"
    MISSING = "missing"
    DRIFTED = "drifted"
    STRAY = "stray"
    UNKNOWN = "unknown"


def compare_live(planning_input: PlanningInput, applied: RenderedSide) -> dict[str, LiveComparison]:
    """Compare every component that is applied or live. Without a live state, all are as applied."""
    observed = {key for key, item in (planning_input.observed or {}).items() if item.present}
    return {
        key: _compare_component(planning_input, applied, key)
        for key in sorted(applied.parts.keys() | observed | planning_input.unknown)
    }


def _compare_component(planning_input: PlanningInput, applied: RenderedSide, key: str) -> LiveComparison:
    if key in planning_input.unknown:
        return LiveComparison.UNKNOWN
    if planning_input.observed is None:
        return LiveComparison.AS_APPLIED
    observed = planning_input.observed.get(key)
    if observed is None or not observed.present:
        return LiveComparison.MISSING
    if key not in applied.parts:
        return LiveComparison.STRAY
    return (
        LiveComparison.AS_APPLIED
        if observed.digest == applied.digest(key, planning_input.salt)
        else LiveComparison.DRIFTED
    )
