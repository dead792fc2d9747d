from __future__ import annotations

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import DROPPED, Status


@transaction.atomic
def discard_plan(record: UpgradeRecord, by: Actor) -> None:
    """Discard a planned record. An application created only for this install is deleted with it."""
    by.require(record.team, Role.OPERATOR)
    if record.application is not None:  # same lock order as confirm_plan
        Application.objects.select_for_update().filter(pk=record.application.pk).first()
    if UpgradeRecord.objects.filter(pk=record.pk, status=Status.PLANNED).update(status=Status.DISCARDED) != 1:
        raise OperationRefused("Only unconfirmed plans can be discarded.", url=record.get_absolute_url())
    audit.record(by, "discarded", record, label=str(record))
    application = record.application
    if application is not None and deletes_application(record):
        application.delete()


def deletes_application(record: UpgradeRecord) -> bool:
    """Whether the application exists only for this install and has no components or other records."""
    application = record.application
    if application is None or record.kind != OperationKind.INSTALL:
        return False
    others = application.upgrade_records.exclude(pk=record.pk).exclude(status__in=DROPPED)
    return not (application.components.exists() or others.exists())
