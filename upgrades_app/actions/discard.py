"""Throw a plan away that nobody confirmed."""

from __future__ import annotations

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import DROPPED, Status


@transaction.atomic
def discard(record: UpgradeRecord, by: Actor) -> None:
    """planned → discarded. An application that was only made for this install goes with it."""
    by.require(record.team, Role.OPERATOR)
    if record.application is not None:  # locked before the record, as the confirm does
        Application.objects.select_for_update().filter(pk=record.application.pk).first()
    if UpgradeRecord.objects.filter(pk=record.pk, status=Status.PLANNED).update(status=Status.DISCARDED) != 1:
        raise Refused("Only a plan that was not confirmed can be discarded.", url=record.get_absolute_url())
    audit.record(by, "discarded", record, label=str(record))
    application = record.application
    if application is not None and takes_along(record):
        application.delete()


def takes_along(record: UpgradeRecord) -> bool:
    """Whether its application was made for this install alone, and nothing was ever done with it or is planned."""
    application = record.application
    if application is None or record.kind != Kind.INSTALL:
        return False
    others = application.upgrade_records.exclude(pk=record.pk).exclude(status__in=DROPPED)
    return not (application.components.exists() or others.exists())
