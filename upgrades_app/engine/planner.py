"""Build the plan of an operation from its input."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from upgrades_app.engine.comparison.comparison_rows import (
    build_component_rows,
    build_definition_rows,
    build_parameter_rows,
)
from upgrades_app.engine.comparison.notes import collect_notes, collect_pending_notes, collect_rotation_notes
from upgrades_app.engine.comparison.pending_edits import add_pending_edits, add_pending_values
from upgrades_app.engine.comparison.provenance import ProvenanceIndex
from upgrades_app.engine.comparison.questions import collect_questions, list_unused_volumes
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput
from upgrades_app.engine.inputs.rendered_side import RenderedSide, list_generated, render_side
from upgrades_app.engine.planning.blockers import find_blockers
from upgrades_app.engine.planning.fingerprint import compute_fingerprint
from upgrades_app.engine.planning.merge_sides import MergeResult, merge_sides
from upgrades_app.engine.planning.plan import PLAN_VERSION, Plan, Step
from upgrades_app.engine.planning.steps import PlannedActions, build_steps, determine_actions, find_unstartable


@dataclass(frozen=True, slots=True)
class PlanningResult:
    """A plan with the merged sides that it leads to."""

    plan: Plan
    merge: MergeResult


def build_plan(planning_input: PlanningInput) -> Plan:
    """Return the plan of an input. The same input gives the same plan; a plan that is invalid has blockers."""
    return plan_operation(planning_input).plan


def plan_operation(planning_input: PlanningInput) -> PlanningResult:
    """Merge, render, compare, determine actions, order steps, collect questions, find blockers, fingerprint."""
    merge = merge_sides(planning_input)
    applied, merged = render_side(planning_input.applied), render_side(merge.target_side)
    desired = applied if planning_input.desired == planning_input.applied else render_side(planning_input.desired)
    actions = determine_actions(planning_input, applied, merged, also=merge.side.spec.components)
    unused = list_unused_volumes(planning_input, applied, merged)
    deleted = [name for name in unused if name in planning_input.answers.remove_volumes]
    steps = () if merged.faults else build_steps(planning_input, actions, applied, merged, deleted)
    questions = tuple(collect_questions(planning_input, merge, actions, steps, applied, merged))
    before = desired if merge.applied is None else applied
    rows = _build_rows(planning_input, merge, actions, applied, merged)
    plan = Plan(
        version=PLAN_VERSION,
        kind=planning_input.kind,
        application=planning_input.application,
        template=planning_input.template,
        from_version=planning_input.from_version,
        to_version=planning_input.to_version,
        spec=merge.side.spec,
        applied=None if merge.applied is None else merge.applied.spec,
        values=merge.side.values,
        generate=list_generated(merged),
        steps=steps,
        questions=questions,
        blockers=(*find_blockers(planning_input, merge, before, merged, questions), *find_unstartable(actions)),
        **rows,
        notes=(
            *collect_notes(planning_input, merge, actions.comparison, applied, desired, steps),
            *collect_rotation_notes(actions),
            *collect_pending_notes(rows["components"]),
        ),
        outcomes=merge.outcomes,
        starts_containers=planning_input.starts_containers,
        has_effect=_has_effect(planning_input, merge, steps),
        fingerprint=compute_fingerprint(planning_input, applied, desired, actions.stopped_dependencies),
    )
    return PlanningResult(plan, merge)


class _ComparisonRows(TypedDict):
    components: tuple[ComponentRow, ...]
    parameters: tuple[FieldRow, ...]
    definitions: tuple[FieldRow, ...]


def _build_rows(
    planning_input: PlanningInput,
    merge: MergeResult,
    planned: PlannedActions,
    applied: RenderedSide,
    merged: RenderedSide,
) -> _ComparisonRows:
    """Build the comparison; for a rollback, with what is pending after it."""
    provenance = ProvenanceIndex(planning_input, merge, applied, merged)
    desired = (
        render_side(merge.side)
        if planning_input.kind is OperationKind.ROLLBACK and merge.applied is not None
        else merged
    )
    return {
        "components": add_pending_edits(
            build_component_rows(planning_input, planned, applied, merged, provenance), applied, merged, desired
        ),
        "parameters": add_pending_values(
            build_parameter_rows(planning_input, merge, applied, merged), applied, merged, desired
        ),
        "definitions": build_definition_rows(planning_input, planned.comparison, provenance),
    }


def _has_effect(planning_input: PlanningInput, merge: MergeResult, ordered: Iterable[Step]) -> bool:
    """Whether a confirm would change anything: the target, the version, or what is desired."""
    if (
        planning_input.kind in {OperationKind.INSTALL, OperationKind.UNINSTALL}
        or planning_input.from_version != planning_input.to_version
    ):
        return True
    if merge.side != planning_input.desired or merge.target_side != planning_input.applied:
        return True
    return any(step.action.changes_target for step in ordered)
