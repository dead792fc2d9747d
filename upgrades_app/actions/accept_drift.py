"""Accept the live state of a component as its desired and applied state."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps_app.actions.audit_diff import describe_edits
from apps_app.actions.locks import exclusive_lock, lock_application
from apps_app.actions.refresh_observations import refresh_observations
from apps_app.actions.write_desired_state import check_new_faults, write_desired_state
from apps_app.drivers.base import ComponentPart, DriverError, OperationNote
from apps_app.models import Application, ApplicationLock, Value
from apps_app.models.application import get_definitions
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from config.errors import OperationRefused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.serialize import to_plain
from upgrades_app.engine.drift.drift import AcceptedDrift, build_side_part
from upgrades_app.queries.load_drift import ComponentDrift, load_drift
from upgrades_app.queries.load_planning_input import open_driver


def accept_drift(application: Application, by: Actor, key: str, *, digest: str) -> ComponentDrift:
    """Accept the drift of a component and return it. `digest` identifies the reviewed state.

    Raises OperationRefused, without any change, if the live state changed, cannot be accepted, or the application is
    locked.
    """
    by.require(application.team, Role.OPERATOR)
    with exclusive_lock(application):
        _acquire_lock(application, by, key)
        try:
            drift = load_drift(Application.objects.get(pk=application.pk), key)
            accepted_drift = _get_acceptable_drift(drift, digest)
            part = build_side_part(accepted_drift.applied, key, application.digest_key)
            data = _describe_drift(drift, accepted_drift)
            _accept_on_target(drift, by, part, data)
            _write_rows(drift, accepted_drift, part, by, data)
        finally:
            ApplicationLock.objects.filter(application=application, record_id=None).delete()
    refresh_observations(application)
    return drift


@transaction.atomic
def _acquire_lock(application: Application, by: Actor, key: str) -> None:
    locked = lock_application(application)
    label = f"Accepting drift of {key} on {locked}"[:200]
    ApplicationLock.objects.create(application=locked, label=label, url=locked.get_absolute_url(), by=by.name)


def _get_acceptable_drift(drift: ComponentDrift, observed: str) -> AcceptedDrift:
    if drift.digest != observed:
        raise OperationRefused(f"{drift.key} changed on the target. Review the drift and try again.")
    if drift.rows and not drift.is_acceptable:
        raise OperationRefused(f"{drift.key} has a pending removal. Apply or discard it first.")
    if drift.accepted is None or not drift.rows:
        raise OperationRefused(f"The drift of {drift.key} cannot be accepted.", drift.other_differences)
    try:
        check_new_faults(drift.desired.spec, drift.accepted.desired.spec)
    except SpecError as error:
        raise OperationRefused(f"The drift of {drift.key} cannot be accepted: invalid result.", error.faults) from error
    return drift.accepted


def _describe_drift(drift: ComponentDrift, accepted_drift: AcceptedDrift) -> list[str]:
    """Describe the accepted changes for the audit trail and the target's history."""
    secrets = (f"secret {name} changed" for name in sorted(accepted_drift.secrets))
    return [*describe_edits(drift.applied.spec, accepted_drift.applied.spec, of=drift.key), *secrets]


def _accept_on_target(drift: ComponentDrift, by: Actor, part: ComponentPart, data: Sequence[str]) -> None:
    application = drift.application
    body = "\n".join([*data, "", f"By {by.name}"])
    note = OperationNote(f"Accept drift of {drift.key} on {application}", body, by.name)
    try:
        open_driver(application).accept_drift(application.placement, note, drift.key, part)
    except DriverError as error:
        raise OperationRefused(f"{application.target}: {error}") from error


@transaction.atomic
def _write_rows(
    drift: ComponentDrift, accepted_drift: AcceptedDrift, part: ComponentPart, by: Actor, items: Sequence[str]
) -> None:
    application = Application.objects.select_for_update(of=("self",)).get(pk=drift.application.pk)
    write_desired_state(application, accepted_drift.desired.spec, by)
    application.components.filter(key=drift.key).update(
        applied=to_plain(accepted_drift.applied.spec.components[drift.key]),
        applied_digest=part.digest,
        applied_unknown=False,
    )
    application.definitions_applied = get_definitions(accepted_drift.applied.spec)
    application.save(update_fields=["definitions_applied"])
    for name, text in accepted_drift.secrets.items():
        desired = {"desired": Secret(accepted_drift.desired.secrets[name]), "applied": Secret(text), "secret": True}
        Value.objects.update_or_create(application=application, name=name, defaults=desired)
    row = application.components.get(key=drift.key)
    data = {"said": list(items)}
    audit.record(by, "accepted drift", row, team=application.team, url=row.get_absolute_url(), data=data)
