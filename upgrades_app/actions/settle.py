"""Write how a run ended: the record, the application's frame and values, the version it is at now."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps_app.models import Application, Busy, Value
from apps_app.models.application import frame_of
from config.accounts.sealed import Secret
from templates_app.spec.dump import tree
from templates_app.spec.model import AppSpec
from upgrades_app.engine.left import with_left
from upgrades_app.engine.run import Outcome
from upgrades_app.engine.situation import Kind
from upgrades_app.engine.transitions import RecordStatus
from upgrades_app.engine.view import view
from upgrades_app.models import UpgradeRecord, UpgradeStep
from upgrades_app.origins import ahead_of, write_origins
from upgrades_app.record import move
from upgrades_app.situate import applied_side

_ARRIVED = {RecordStatus.SUCCEEDED, RecordStatus.PARTIALLY_UPGRADED}


@transaction.atomic
def settle(record: UpgradeRecord, outcome: Outcome) -> None:
    """Ends the record; whatever did not arrive stays as it was before."""
    application = record.subject
    after = record.after
    if outcome.status in _ARRIVED:
        if record.kind == Kind.UNINSTALL:
            _left(application, whole=outcome.status is RecordStatus.SUCCEEDED)
        else:
            _came(application, record, outcome)
        after = tree(application.desired_spec())
    Busy.objects.filter(application=application, record_id=record.pk).delete()
    move(
        record,
        outcome.status,
        result=outcome.sentence,
        reference=outcome.reference,
        ended_at=timezone.now(),
        after=after,
    )
    record.refresh_from_db()


def _came(application: Application, record: UpgradeRecord, outcome: Outcome) -> None:
    spec = _arrived_spec(application, record)
    _frame(application, spec)
    _values(application, record, spec)
    _installation(application, record, outcome)
    _mark_left(application, record)


def _left(application: Application, *, whole: bool) -> None:
    """The target has nothing of it any more; what its operator wants stays, to be applied again or deleted. Where
    something is still there, all that it uses counts as applied."""
    if whole:
        application.frame_applied = {}
        application.save(update_fields=["frame_applied"])
        application.values.filter(desired__isnull=True).delete()
        application.values.update(applied=None)


def _arrived_spec(application: Application, record: UpgradeRecord) -> AppSpec:
    """What was planned; with what failed apart as it was before, and all that it uses."""
    rows = application.components.wanted()
    components = {row.key: spec for row in rows if (spec := row.desired_spec) is not None}
    return with_left(record.stored_plan.spec, record.spec_before, components)


def _frame(application: Application, spec: AppSpec) -> None:
    frame = frame_of(spec)
    application.frame_desired = application.frame_applied = frame
    application.save(update_fields=["frame_desired", "frame_applied"])


def _values(application: Application, record: UpgradeRecord, spec: AppSpec) -> None:
    """What was planned is both wanted and applied now; a value whose parameter is gone goes too."""
    given = record.values_after_given
    made = record.stored_plan.generate
    both = {**dict.fromkeys(given.values, False), **dict.fromkeys(given.secrets, True)}
    left = spec.parameters.keys() - record.stored_plan.spec.parameters.keys()
    application.values.exclude(name__in={*both, *left}).delete()
    for name, secret in both.items():
        text = Secret((given.secrets if secret else given.values)[name])
        now = {"secret": secret, "desired": text, "applied": text}
        source = Value.Source.GENERATED if name in made else Value.Source.SET
        application.values.update_or_create(name=name, defaults=now, create_defaults={**now, "source": source})


def _mark_left(application: Application, record: UpgradeRecord) -> None:
    """What was put back apart, while a value or a definition that it uses has moved on, is to be applied again."""
    keys = record.steps.filter(status=UpgradeStep.Status.UNDONE).values("key")
    left = application.components.filter(key__in=keys, applied__isnull=False)
    if left:
        now = view(applied_side(application))
        unlike = [row.pk for row in left if now.digest(row.key, application.key_of_digests) != row.applied_digest]
        application.components.filter(pk__in=unlike).update(applied_unknown=True)


def _installation(application: Application, record: UpgradeRecord, outcome: Outcome) -> None:
    installation = application.installed()
    if installation is None or record.kind == Kind.CHANGE:
        return
    lost = set(record.steps.exclude(status=UpgradeStep.Status.DONE).values_list("key", flat=True))
    keys = record.origins_before.keys() | record.origins_after.keys()
    write_origins(installation, keys - lost, record.origins_after)
    if outcome.status is RecordStatus.SUCCEEDED:
        installation.version, installation.ahead = record.to_version, ""
    else:
        installation.ahead = ahead_of(installation, record.stored_plan.arrivals)
    installation.save(update_fields=["version", "ahead"])
