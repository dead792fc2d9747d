"""Write how a run ended: the record, the application's frame and values, the version it is at now."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps_app.models import Application, Busy, Value
from apps_app.models.application import frame_of
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree
from upgrades_app.actions.supersede_plans import overtake
from upgrades_app.engine.execution.resulting_state import with_left
from upgrades_app.engine.execution.run import Outcome
from upgrades_app.engine.execution.status_machine import RecordStatus
from upgrades_app.engine.inputs.planning_input import Kind, Side
from upgrades_app.engine.inputs.rendered_side import view
from upgrades_app.engine.planning.plan import Action, Arrival
from upgrades_app.execution.recorder import move
from upgrades_app.models import UpgradeRecord, UpgradeStep
from upgrades_app.queries.component_origins import ahead_of, write_origins
from upgrades_app.queries.load_planning_input import applied_side

_ARRIVED = {RecordStatus.SUCCEEDED, RecordStatus.PARTIALLY_UPGRADED}


@transaction.atomic
def settle(record: UpgradeRecord, outcome: Outcome) -> None:
    """Ends the record; whatever did not arrive stays as it was before."""
    application = record.subject
    after, applied_after = record.after, record.applied_after
    if outcome.status in _ARRIVED:
        desired, applied = _arrived(application, record)
        _frames(application, desired, applied)
        _values(application, record, desired, applied)
        _installation(application, record, outcome)
        _mark_left(application, record)
        after, applied_after = tree(desired), None if applied == desired else tree(applied)
    if outcome.status is not RecordStatus.FAILED:  # what was planned while it was at work
        overtake(record)
    Busy.objects.filter(application=application, record_id=record.pk).delete()
    move(
        record,
        outcome.status,
        result=outcome.sentence,
        reference=outcome.reference,
        ended_at=timezone.now(),
        after=after,
        applied_after=applied_after,
    )
    record.refresh_from_db()


def _arrived(application: Application, record: UpgradeRecord) -> tuple[AppSpec, AppSpec]:
    """What is desired, and what is applied: as planned; with what failed apart as it was, and all that it uses."""
    rows, plan = list(application.components.all()), record.stored_plan
    desired = {row.key: spec for row in rows if (spec := row.desired_spec) is not None}
    applied = {row.key: spec for row in rows if (spec := row.applied_spec) is not None}
    return (
        with_left(plan.spec, record.spec_before, desired),
        with_left(plan.there, record.applied_side_before().spec, applied),
    )


def _frames(application: Application, desired: AppSpec, applied: AppSpec) -> None:
    application.frame_desired, application.frame_applied = frame_of(desired), frame_of(applied)
    application.save(update_fields=["frame_desired", "frame_applied"])


def _values(application: Application, record: UpgradeRecord, desired: AppSpec, applied: AppSpec) -> None:
    """What was planned; a value stays for what failed apart, and goes with its parameter."""
    snapshot, plan = record.values_after_given, record.stored_plan
    side, current = snapshot.side(plan.spec), snapshot.applied_side(plan.there)
    rows = {row.name: row for row in application.values.all()}
    for name in sorted({*rows, *_set_for(side), *_set_for(current)}):
        source = Value.Source.GENERATED if name in plan.generate else Value.Source.SET
        row = rows.get(name) or Value(application=application, name=name, source=source)
        row.desired = _value(name, side, desired, row.desired)
        row.applied = _value(name, current, applied, row.applied)
        if name in _set_for(side) or name in _set_for(current):
            row.secret = name in side.secrets or name in current.secrets
        _keep(row)


def _value(name: str, planned: Side, arrived: AppSpec, before: Secret | None) -> Secret | None:
    text = _set_for(planned).get(name)
    if text is not None:
        return Secret(text)
    return before if name in arrived.parameters.keys() - planned.spec.parameters.keys() else None


def _set_for(side: Side) -> dict[str, str]:
    return {**side.values, **side.secrets}


def _keep(row: Value) -> None:
    if row.desired is not None or row.applied is not None:
        row.save()
    elif row.pk is not None:
        row.delete()


def _mark_left(application: Application, record: UpgradeRecord) -> None:
    """What was put back apart, while a value or a definition that it uses has moved on, is to be applied again."""
    keys = _component_steps(record).filter(status=UpgradeStep.Status.UNDONE).values("key")
    left = application.components.filter(key__in=keys, applied__isnull=False)
    if left:
        now = view(applied_side(application))
        unlike = [row.pk for row in left if now.digest(row.key, application.key_of_digests) != row.applied_digest]
        application.components.filter(pk__in=unlike).update(applied_unknown=True)


def _installation(application: Application, record: UpgradeRecord, outcome: Outcome) -> None:
    installation = application.installed()
    if installation is None or record.kind in {Kind.CHANGE, Kind.UNINSTALL}:
        return
    lost = set(_component_steps(record).exclude(status=UpgradeStep.Status.DONE).values_list("key", flat=True))
    arrivals = record.stored_plan.arrivals
    keys = record.origins_before.keys() | record.origins_after.keys()
    write_origins(installation, keys - lost, record.origins_after, record.origins_before)
    if outcome.status is RecordStatus.SUCCEEDED or not (lost or Arrival.BEHIND in arrivals.values()):
        installation.version, installation.ahead = record.to_version, ""
    else:
        installation.ahead = ahead_of(installation, arrivals)
    installation.save(update_fields=["version", "ahead"])


def _component_steps(record: UpgradeRecord) -> QuerySet[UpgradeStep]:
    """A volume that is to be deleted may have a component's name."""
    return record.steps.filter(action__in=[action for action in Action if action.is_about_a_component])
