"""Notes of a plan: information for the confirmation that needs no answer."""

from collections.abc import Iterable, Iterator

from templates_app.appspec.diff.diff import SpecDiff, compare_specs
from templates_app.appspec.diff.field_change import Symbol
from templates_app.appspec.merge.three_way import MergeSource
from templates_app.appspec.secrets.rotation import find_plain_credentials, find_rotations
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow, PendingState, Provenance
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput
from upgrades_app.engine.inputs.rendered_side import RenderedSide
from upgrades_app.engine.planning.merge_sides import MergeResult
from upgrades_app.engine.planning.plan import PlanNote, Step
from upgrades_app.engine.planning.steps import PlannedActions

LONGEST = 80
"""A longer value is not repeated in a note."""


def collect_notes(
    planning_input: PlanningInput,
    merge: MergeResult,
    diff: SpecDiff,
    applied: RenderedSide,
    desired: RenderedSide,
    ordered: Iterable[Step],
) -> Iterator[PlanNote]:
    """Yield pending edits that are applied, removals that stay, and that only the version changes."""
    if planning_input.kind in {OperationKind.UPGRADE, OperationKind.ROLLBACK}:
        yield from _list_pending(diff, applied, desired)
    for key in _list_removed(merge, applied):
        yield PlanNote(code=MessageCode.COMPONENT_STAYS_REMOVED, params={"component": key}, path=("components", key))
    if (
        not any(step.action.changes_target for step in ordered)
        and planning_input.from_version != planning_input.to_version
    ):
        yield PlanNote(code=MessageCode.VERSION_ONLY)


def collect_rotation_notes(planned: PlannedActions) -> Iterator[PlanNote]:
    """Yield changed credentials where the component may have stored the old value in its data."""
    for change in planned.comparison.components:
        if change.before is not None and change.after is not None:
            names = {*planned.secrets.get(change.key, ()), *find_plain_credentials(change.changes)}
            if text := find_rotations(change.key, change.before, names):
                yield PlanNote(
                    code=MessageCode.CREDENTIAL_ROTATION, params={"text": text}, path=("components", change.key)
                )


def collect_pending_notes(rows: Iterable[ComponentRow]) -> Iterator[PlanNote]:
    """Yield what stays pending in unchanged components, of which a page shows only the names."""
    for row in rows:
        if row.symbol == Symbol.UNCHANGED:
            yield from list_pending_edits(row)


_WHOLE_COMPONENT = {
    Provenance.NEVER_APPLIED: MessageCode.STAYS_PENDING,
    Provenance.APPLIED_SINCE: MessageCode.PENDING_AGAIN,
    Provenance.NEVER_REMOVED: MessageCode.REMOVAL_STAYS_PENDING,
    Provenance.REMOVED_SINCE: MessageCode.REMOVAL_PENDING_AGAIN,
}


def list_pending_edits(row: ComponentRow) -> Iterator[PlanNote]:
    """Yield a note for each part of a component that is desired and not on the target once the plan is done."""
    path = ("components", row.key)
    if code := _WHOLE_COMPONENT.get(row.provenance.kind):
        yield PlanNote(code=code, params={"subject": row.key}, path=path)
    for note in list_pending_fields(row.fields, row.key):
        yield note.model_copy(update={"path": path})


def list_pending_fields(fields: Iterable[FieldRow], key: str = "") -> Iterator[PlanNote]:
    """Yield a note for each field that is desired otherwise; `key` is the component of the fields."""
    for row in fields:
        if row.pending is not None:
            text = row.pending_value or ""
            shown = text if len(text) <= LONGEST and "\n" not in text else ""
            code = _FIELD_CODES[row.pending, row.pending_value is None]
            yield PlanNote(code=code, params={"subject": " ".join(filter(None, [key, row.label, shown]))})


_FIELD_CODES = {
    (PendingState.NEVER_APPLIED, False): MessageCode.STAYS_PENDING,
    (PendingState.REVERTED, False): MessageCode.PENDING_AGAIN,
    (PendingState.NEVER_APPLIED, True): MessageCode.REMOVAL_STAYS_PENDING,
    (PendingState.REVERTED, True): MessageCode.REMOVAL_PENDING_AGAIN,
}


def _list_pending(diff: SpecDiff, applied: RenderedSide, desired: RenderedSide) -> Iterator[PlanNote]:
    """Yield pending edits that the plan applies, unless the other side overrides them."""
    after = {change.path: change.after for change in diff.changes}
    for change in compare_specs(applied.spec, desired.spec).changes:
        if change.path[0] == "components" and change.path in after and after[change.path] == change.after:
            yield PlanNote(
                code=MessageCode.PENDING_EDIT_APPLIED,
                params={"component": change.path[1], "change": change.describe()},
                path=change.path,
            )


def _list_removed(merge: MergeResult, applied: RenderedSide) -> Iterator[str]:
    """Yield components of the version that the operator removed; no other part of the plan shows them."""
    for decision in merge.decisions:
        if decision.path[0] == "components" and len(decision.path) == 2 and decision.source is MergeSource.LOCAL:
            key = decision.path[1]
            if {"ours", "result"} <= decision.absent and key not in applied.spec.components:
                yield key
