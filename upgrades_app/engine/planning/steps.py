"""Determine the action of each component, and build the ordered steps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from templates_app.appspec.diff.diff import ComponentChange, SpecDiff, compare_specs
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.schema.field_meta import Impact
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.inputs.planning_input import PlanningInput
from upgrades_app.engine.inputs.rendered_side import RenderedSide
from upgrades_app.engine.planning.order import StepPosition, order_components
from upgrades_app.engine.planning.plan import Blocker, Step, StepAction
from upgrades_app.engine.planning.restart_cascade import (
    LiveComparison,
    compare_live,
    find_cascading_restarts,
    find_stopped_dependencies,
)

NAMED_CHANGES = 3


@dataclass(frozen=True, slots=True)
class PlannedActions:
    """The comparison of both sides, with the action of each component.

    `cascades` maps components that are recreated with the owner of their network to it; `stopped_dependencies` maps
    stopped components to the component that depends on them.
    """

    comparison: SpecDiff
    live_comparison: Mapping[str, LiveComparison]
    actions: Mapping[str, StepAction]
    definition_changes: Mapping[str, tuple[FieldChange, ...]]
    secrets: Mapping[str, tuple[str, ...]]
    cascades: Mapping[str, str] = field(default_factory=dict)
    stopped_dependencies: Mapping[str, str] = field(default_factory=dict)

    def changes(self, change: ComponentChange) -> tuple[FieldChange, ...]:
        """Return the changes of a component and of the definitions it uses."""
        return (*change.changes, *self.definition_changes.get(change.key, ()))

    @property
    def differing(self) -> frozenset[str]:
        """The components that change, whatever their live state."""
        changed = (change.key for change in self.comparison.components if change.symbol is not Symbol.UNCHANGED)
        surrounding = (key for key, result in (*self.definition_changes.items(), *self.secrets.items()) if result)
        return frozenset({*changed, *surrounding})

    def impact(self, change: ComponentChange) -> Impact:
        """Return the impact of the changes on a component."""
        sealed = Impact.RECREATE if self.secrets.get(change.key) or change.key in self.cascades else Impact.NONE
        return max([sealed, *(item.impact for item in self.changes(change))])


def determine_actions(
    planning_input: PlanningInput, applied: RenderedSide, merged: RenderedSide, also: Iterable[str] = ()
) -> PlannedActions:
    """Compare the applied side with the merged side and determine the action of each component.

    Components that are only desired (`also`: once the plan is done) have no action and are listed too.
    """
    comparison = compare_specs(applied.spec, merged.spec)
    live_comparison = compare_live(planning_input, applied)
    result = PlannedActions(
        comparison,
        live_comparison,
        {},
        _list_definition_changes(comparison, applied, merged),
        _list_changed_secrets(applied, merged),
    )
    changes = {change.key: change for change in comparison.components}
    actions = {
        key: _choose_action(
            planning_input, result, changes.get(key), live_comparison.get(key, LiveComparison.AS_APPLIED), key
        )
        for key in sorted({*changes, *live_comparison, *planning_input.desired.spec.components, *also})
    }
    follows = find_cascading_restarts(actions, merged.spec) if planning_input.starts_containers else {}
    actions |= dict.fromkeys(follows, StepAction.RECREATE)
    stopped = find_stopped_dependencies(actions, merged.spec, planning_input.observed)
    actions |= {key: StepAction.RESTART for key in stopped if live_comparison[key] is LiveComparison.AS_APPLIED}
    return PlannedActions(
        comparison, live_comparison, actions, result.definition_changes, result.secrets, follows, stopped
    )


def build_steps(
    planning_input: PlanningInput,
    planned: PlannedActions,
    applied: RenderedSide,
    merged: RenderedSide,
    volumes: Iterable[str],
) -> tuple[Step, ...]:
    """Return the steps: components in order, volumes to delete, and the last step."""
    changes = {change.key: change for change in planned.comparison.components}
    placed = order_components(planned.actions, applied.spec, merged.spec)
    result = [
        _build_step(
            planning_input, planned, place, changes.get(place.key), applied=applied, merged=merged, position=position
        )
        for position, place in enumerate(placed, start=1)
    ]
    result += _build_last_steps(
        planning_input, volumes, start=len(result) + 1, wave=max((step.wave for step in result), default=0) + 1
    )
    return tuple(result)


def _list_definition_changes(
    comparison: SpecDiff, applied: RenderedSide, merged: RenderedSide
) -> dict[str, tuple[FieldChange, ...]]:
    """Return the changed volumes and networks used by each component that is on both sides."""
    changed = (*comparison.volumes, *comparison.networks)
    result = {}
    for key in applied.parts.keys() & merged.parts.keys() if changed else ():
        used = {(kind, name) for part in (applied.parts[key], merged.parts[key]) for kind, name in part.uses}
        result[key] = tuple(change for change in changed if change.path[:2] in used)
    return result


def _list_changed_secrets(applied: RenderedSide, merged: RenderedSide) -> dict[str, tuple[str, ...]]:
    """Return the changed secrets used by each component that is on both sides."""
    changed = {
        name for name in applied.secrets if merged.secrets.get(name, applied.secrets[name]) != applied.secrets[name]
    }
    if not changed:
        return {}
    return {
        key: tuple(sorted(changed & {*applied.parts[key].secrets} & {*merged.parts[key].secrets}))
        for key in applied.parts.keys() & merged.parts.keys()
    }


def _choose_action(
    planning_input: PlanningInput,
    actions: PlannedActions,
    change: ComponentChange | None,
    live_comparison: LiveComparison,
    key: str,
) -> StepAction:
    if change is None:
        is_removed = live_comparison is LiveComparison.UNKNOWN or planning_input.answers.drift.get(key) == "revert"
        return StepAction.REMOVE if is_removed else StepAction.NOTHING
    if change.before is None:
        return StepAction.CREATE
    if change.after is None:
        return StepAction.REMOVE
    if live_comparison is LiveComparison.MISSING:
        return StepAction.CREATE
    if live_comparison is LiveComparison.UNKNOWN or planning_input.answers.drift.get(key) == "revert":
        return StepAction.RECREATE
    if not actions.changes(change) and not actions.secrets.get(key):
        return StepAction.NOTHING
    return _BY_IMPACT[actions.impact(change)]


_BY_IMPACT = {
    Impact.NONE: StepAction.UPDATE,
    Impact.IN_PLACE: StepAction.UPDATE,
    Impact.RESTART: StepAction.RESTART,
    Impact.RECREATE: StepAction.RECREATE,
}


def _build_step(
    planning_input: PlanningInput,
    planned: PlannedActions,
    place: StepPosition,
    change: ComponentChange | None,
    *,
    applied: RenderedSide,
    merged: RenderedSide,
    position: int,
) -> Step:
    action = planned.actions[place.key]
    idle = action is StepAction.NOTHING
    return Step(
        position=position,
        wave=place.wave,
        key=place.key,
        action=action,
        reason=build_reason(planning_input, planned, place.key),
        **_list_causes(planned, change),
        impact=Impact.RECREATE if change is None else planned.impact(change),
        data_at_risk="" if change is None or idle else change.data_at_risk,
        before=None if idle else applied.parts.get(place.key),
        after=None if idle else merged.parts.get(place.key),
        waits_for=place.waits_for,
    )


def find_unstartable(planned: PlannedActions) -> Iterator[Blocker]:
    """Stopped dependencies that cannot be started because their drift is kept."""
    for key, by in sorted(planned.stopped_dependencies.items()):
        if planned.actions[key] is StepAction.NOTHING:
            yield Blocker(code=MessageCode.DEPENDENCY_STOPPED, params={"dependency": key}, path=f"components.{by}")


def build_reason(planning_input: PlanningInput, planned: PlannedActions, key: str) -> Message:
    """Return what happens to a component, and why where that is not its changes."""
    action, comparison = planned.actions[key], planned.live_comparison.get(key, LiveComparison.AS_APPLIED)
    if action is not StepAction.REMOVE and action is not StepAction.NOTHING:
        if comparison is LiveComparison.MISSING:
            return build_message(MessageCode.STEP_CREATE_MISSING)
        if comparison is LiveComparison.UNKNOWN:
            return build_message(MessageCode.STEP_APPLY_UNKNOWN)
    if key in planned.stopped_dependencies and action is StepAction.RESTART:
        return build_message(MessageCode.STEP_START_STOPPED, dependent=planned.stopped_dependencies[key])
    if key in planned.cascades:
        return build_message(MessageCode.STEP_RECREATE_SHARED_NETWORK, owner=planned.cascades[key])
    return build_message((_RUNNING if planning_input.starts_containers else _WRITING)[action])


_RUNNING = {
    StepAction.CREATE: MessageCode.STEP_CREATE,
    StepAction.UPDATE: MessageCode.STEP_UPDATE,
    StepAction.RESTART: MessageCode.STEP_RESTART,
    StepAction.RECREATE: MessageCode.STEP_RECREATE,
    StepAction.REMOVE: MessageCode.STEP_REMOVE,
    StepAction.NOTHING: MessageCode.STEP_NOTHING,
}
_WRITING = {
    StepAction.CREATE: MessageCode.STEP_WRITE,
    StepAction.UPDATE: MessageCode.STEP_REWRITE,
    StepAction.RESTART: MessageCode.STEP_REWRITE,
    StepAction.RECREATE: MessageCode.STEP_REWRITE,
    StepAction.REMOVE: MessageCode.STEP_DELETE,
    StepAction.NOTHING: MessageCode.STEP_NOTHING,
}


class _Causes(TypedDict):
    changes: tuple[str, ...]
    changed_secrets: tuple[str, ...]
    more_changes: int


def _list_causes(planned: PlannedActions, change: ComponentChange | None) -> _Causes:
    """Return the first changes of a component that is on both sides, and the number of the others."""
    if change is None or change.before is None or change.after is None:
        return {"changes": (), "changed_secrets": (), "more_changes": 0}
    changes, secrets = planned.changes(change), planned.secrets.get(change.key, ())
    named = tuple(item.describe() for item in changes[:NAMED_CHANGES])
    named_secrets = secrets[: NAMED_CHANGES - len(named)]
    more = len(changes) + len(secrets) - len(named) - len(named_secrets)
    return {"changes": named, "changed_secrets": named_secrets, "more_changes": more}


def _build_last_steps(planning_input: PlanningInput, volumes: Iterable[str], start: int, wave: int) -> Iterator[Step]:
    deleted = list(volumes)
    for position, name in enumerate(deleted, start):
        reason = build_message(MessageCode.STEP_REMOVE_VOLUME)
        yield Step(position=position, wave=wave, key=name, action=StepAction.REMOVE_VOLUME, reason=reason)
    end = wave + 1 if deleted else wave
    reason = build_message(MessageCode.STEP_FINISH if planning_input.starts_containers else MessageCode.STEP_COMMIT)
    yield Step(position=start + len(deleted), wave=end, key="", action=StepAction.FINISH, reason=reason)
