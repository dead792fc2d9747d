"""Write how a run ended: the record, the application's frame and values, the version it is at now."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps_app.models import Application, Busy, Installation, Value
from apps_app.models.application import frame_of
from config.accounts.sealed import Secret
from templates_app.spec.dump import tree
from upgrades_app.engine.plan import Arrival
from upgrades_app.engine.run import Outcome
from upgrades_app.engine.situation import Kind
from upgrades_app.engine.transitions import RecordStatus
from upgrades_app.models import UpgradeRecord
from upgrades_app.origins import write_origins
from upgrades_app.record import move

_ARRIVED = {RecordStatus.SUCCEEDED, RecordStatus.PARTIALLY_UPGRADED}


@transaction.atomic
def settle(record: UpgradeRecord, outcome: Outcome) -> None:
    """Ends the record; whatever did not arrive stays as it was before."""
    application = record.subject
    after = record.after
    if outcome.status in _ARRIVED:
        _frame(application, record)
        _values(application, record)
        _installation(application, record, outcome)
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


def _frame(application: Application, record: UpgradeRecord) -> None:
    frame = frame_of(record.stored_plan.spec)
    application.frame_desired = application.frame_applied = frame
    application.save(update_fields=["frame_desired", "frame_applied"])


def _values(application: Application, record: UpgradeRecord) -> None:
    """What was planned is both wanted and applied now; a value whose parameter is gone goes too."""
    given = record.values_after_given
    made = record.stored_plan.generate
    both = {**dict.fromkeys(given.values, False), **dict.fromkeys(given.secrets, True)}
    application.values.exclude(name__in=both).delete()
    for name, secret in both.items():
        text = Secret((given.secrets if secret else given.values)[name])
        now = {"secret": secret, "desired": text, "applied": text}
        source = Value.Source.GENERATED if name in made else Value.Source.SET
        application.values.update_or_create(name=name, defaults=now, create_defaults={**now, "source": source})


def _installation(application: Application, record: UpgradeRecord, outcome: Outcome) -> None:
    installation = application.installed()
    if installation is None or record.kind == Kind.CHANGE:
        return
    if record.kind == Kind.UNINSTALL:
        installation.delete()
        return
    if outcome.status is RecordStatus.SUCCEEDED:
        keys = record.origins_before.keys() | record.origins_after.keys()
        write_origins(installation, keys, record.origins_after)
        if Arrival.BEHIND not in record.stored_plan.arrivals.values():
            _move_version(installation, record)


def _move_version(installation: Installation, record: UpgradeRecord) -> None:
    installation.version = record.to_version
    installation.save(update_fields=["version"])
