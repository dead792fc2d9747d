"""Keep what somebody else made of a component on its target: it is the operator's own from then on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps_app.actions.audit_diff import edits
from apps_app.actions.locks import alone, lock
from apps_app.actions.refresh_observations import observe
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired
from apps_app.drivers.base import DriverError, Note, Part
from apps_app.models import Application, Busy, Value
from apps_app.models.application import frame_of
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.serialize import tree
from upgrades_app.engine.drift.drift import Kept, part_of
from upgrades_app.queries.load_drift import Drift, look_at
from upgrades_app.queries.load_planning_input import driver_of


def keep(application: Application, by: Actor, key: str, *, seen: str) -> Drift:
    """What was kept. `seen` is the digest of what was looked at.

    Raises Refused where it is something else meanwhile, where nothing of it can be kept, and while anybody is at work;
    nothing is changed then.
    """
    by.require(application.team, Role.OPERATOR)
    with alone(application):
        _begin(application, by, key)
        try:
            drift = look_at(Application.objects.get(pk=application.pk), key)
            accepted_drift = _keepable(drift, seen)
            part = part_of(accepted_drift.applied, key, application.key_of_digests)
            data = _said(drift, accepted_drift)
            _tell_target(drift, by, part, data)
            _write(drift, accepted_drift, part, by, data)
        finally:
            Busy.objects.filter(application=application, record_id=None).delete()
    observe(application)
    return drift


@transaction.atomic
def _begin(application: Application, by: Actor, key: str) -> None:
    locked = lock(application)
    label = f"Keeping {key} of {locked} as it is on the target"[:200]
    Busy.objects.create(application=locked, label=label, url=locked.get_absolute_url(), by=by.name)


def _keepable(drift: Drift, observed: str) -> Kept:
    if drift.digest != observed:
        raise Refused(f"{drift.key} is something else on the target by now. Look at it again.")
    if drift.rows and not drift.keepable:
        raise Refused(f"{drift.key} is removed here. Apply that, or discard it first.")
    if drift.kept is None or not drift.rows:
        raise Refused(f"Nothing of what differs in {drift.key} can be kept.", drift.beside)
    try:
        refuse_new_faults(drift.desired.spec, drift.kept.desired.spec)
    except SpecError as error:
        raise Refused(f"{drift.key} cannot be kept like this.", error.faults) from error
    return drift.kept


def _said(drift: Drift, accepted_drift: Kept) -> list[str]:
    """For what is kept for ever: the audit trail, and the target's own history."""
    secrets = (f"secret {name} changed" for name in sorted(accepted_drift.secrets))
    return [*edits(drift.applied.spec, accepted_drift.applied.spec, of=drift.key), *secrets]


def _tell_target(drift: Drift, by: Actor, part: Part, data: Sequence[str]) -> None:
    application = drift.application
    body = "\n".join([*data, "", f"By {by.name}"])
    note = Note(f"Keep {drift.key} of {application} as it is here", body, by.name)
    try:
        driver_of(application).keep(application.placement, note, drift.key, part)
    except DriverError as error:
        raise Refused(f"{application.target}: {error}") from error


@transaction.atomic
def _write(drift: Drift, kept: Kept, there: Part, by: Actor, said: Sequence[str]) -> None:
    application = Application.objects.select_for_update(of=("self",)).get(pk=drift.application.pk)
    write_desired(application, kept.desired.spec, by)
    application.components.filter(key=drift.key).update(
        applied=tree(kept.applied.spec.components[drift.key]), applied_digest=there.digest, applied_unknown=False
    )
    application.frame_applied = frame_of(kept.applied.spec)
    application.save(update_fields=["frame_applied"])
    for name, text in kept.secrets.items():
        desired = {"desired": Secret(kept.desired.secrets[name]), "applied": Secret(text), "secret": True}
        Value.objects.update_or_create(application=application, name=name, defaults=desired)
    row = application.components.get(key=drift.key)
    data = {"said": list(said)}
    audit.record(by, "kept as found", row, team=application.team, url=row.get_absolute_url(), data=data)
