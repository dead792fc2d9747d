"""Persist the outcome of a run."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps_app.models import Application, ApplicationLock, Value
from apps_app.models.application import get_definitions
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import to_plain
from upgrades_app.actions.supersede_plans import supersede_plans
from upgrades_app.engine.execution.resulting_state import build_resulting_side
from upgrades_app.engine.execution.run import RunOutcome
from upgrades_app.engine.execution.status_machine import RecordStatus
from upgrades_app.engine.inputs.planning_input import OperationKind, SpecSide
from upgrades_app.engine.inputs.rendered_side import render_side
from upgrades_app.engine.planning.plan import ComponentOutcome, StepAction
from upgrades_app.execution.recorder import transition
from upgrades_app.models import UpgradeRecord, UpgradeStep
from upgrades_app.presenters.outcome import describe_outcome
from upgrades_app.queries.component_origins import describe_partial_version, write_origins
from upgrades_app.queries.load_planning_input import get_applied_side

_COMPLETED = {RecordStatus.SUCCEEDED, RecordStatus.PARTIALLY_UPGRADED}


@transaction.atomic
def complete_run(record: UpgradeRecord, outcome: RunOutcome) -> None:
    """Write the outcome to the record, the application's definitions and values, and its version."""
    application = record.subject
    after, applied_after = record.after, record.applied_after
    if outcome.status in _COMPLETED:
        desired, applied = _build_resulting_specs(application, record)
        _write_definitions(application, desired, applied)
        _write_values(application, record, desired, applied)
        _write_installation(application, record, outcome)
        _mark_outdated_components(application, record)
        after, applied_after = to_plain(desired), None if applied == desired else to_plain(applied)
    if outcome.status is not RecordStatus.FAILED:  # plans made during the run are based on the old state
        supersede_plans(record)
    ApplicationLock.objects.filter(application=application, record_id=record.pk).delete()
    transition(
        record,
        outcome.status,
        result=describe_outcome(outcome),
        reference=outcome.reference,
        ended_at=timezone.now(),
        after=after,
        applied_after=applied_after,
    )
    record.refresh_from_db()


def _build_resulting_specs(application: Application, record: UpgradeRecord) -> tuple[AppSpec, AppSpec]:
    """Return the desired and applied specs; components that failed keep their previous state."""
    rows, plan = list(application.components.all()), record.stored_plan
    desired = {row.key: spec for row in rows if (spec := row.desired_spec) is not None}
    applied = {row.key: spec for row in rows if (spec := row.applied_spec) is not None}
    return (
        build_resulting_side(plan.spec, record.spec_before, desired),
        build_resulting_side(plan.target_spec, record.get_applied_before().spec, applied),
    )


def _write_definitions(application: Application, desired: AppSpec, applied: AppSpec) -> None:
    application.definitions_desired, application.definitions_applied = (
        get_definitions(desired),
        get_definitions(applied),
    )
    application.save(update_fields=["definitions_desired", "definitions_applied"])


def _write_values(application: Application, record: UpgradeRecord, desired: AppSpec, applied: AppSpec) -> None:
    """Write the planned values; a failed component keeps the values of its previous parameters."""
    snapshot, plan = record.value_snapshot_after, record.stored_plan
    side, current = snapshot.build_desired_side(plan.spec), snapshot.build_applied_side(plan.target_spec)
    rows = {row.name: row for row in application.values.all()}
    for name in sorted({*rows, *_merge_values(side), *_merge_values(current)}):
        source = Value.Source.GENERATED if name in plan.generate else Value.Source.SET
        row = rows.get(name) or Value(application=application, name=name, source=source)
        row.desired = _choose_value(name, side, desired, row.desired)
        row.applied = _choose_value(name, current, applied, row.applied)
        if name in _merge_values(side) or name in _merge_values(current):
            row.secret = name in side.secrets or name in current.secrets
        _save_or_delete(row)


def _choose_value(name: str, planned: SpecSide, arrived: AppSpec, before: Secret | None) -> Secret | None:
    text = _merge_values(planned).get(name)
    if text is not None:
        return Secret(text)
    return before if name in arrived.parameters.keys() - planned.spec.parameters.keys() else None


def _merge_values(side: SpecSide) -> dict[str, str]:
    return {**side.values, **side.secrets}


def _save_or_delete(row: Value) -> None:
    if row.desired is not None or row.applied is not None:
        row.save()
    elif row.pk is not None:
        row.delete()


def _mark_outdated_components(application: Application, record: UpgradeRecord) -> None:
    """Mark rolled back components as unknown if values or definitions they use have changed."""
    keys = _list_component_steps(record).filter(status=UpgradeStep.Status.ROLLED_BACK).values("key")
    left = application.components.filter(key__in=keys, applied__isnull=False)
    if left:
        now = render_side(get_applied_side(application))
        unlike = [row.pk for row in left if now.digest(row.key, application.digest_key) != row.applied_digest]
        application.components.filter(pk__in=unlike).update(applied_unknown=True)


def _write_installation(application: Application, record: UpgradeRecord, outcome: RunOutcome) -> None:
    installation = application.get_installation()
    if installation is None or record.kind in {OperationKind.CHANGE, OperationKind.UNINSTALL}:
        return
    lost = set(_list_component_steps(record).exclude(status=UpgradeStep.Status.DONE).values_list("key", flat=True))
    arrivals = record.stored_plan.outcomes
    keys = record.origins_before.keys() | record.origins_after.keys()
    write_origins(installation, keys - lost, record.origins_after, record.origins_before)
    if outcome.status is RecordStatus.SUCCEEDED or not (lost or ComponentOutcome.BEHIND in arrivals.values()):
        installation.version, installation.ahead = record.to_version, ""
    else:
        installation.ahead = describe_partial_version(installation, arrivals)
    installation.save(update_fields=["version", "ahead"])


def _list_component_steps(record: UpgradeRecord) -> QuerySet[UpgradeStep]:
    """Return the component steps; a volume step may have the same key."""
    return record.steps.filter(action__in=[action for action in StepAction if action.concerns_component])
