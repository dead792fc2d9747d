"""Gives a publication up: its draft version goes, and the number is free again."""

from django.db import transaction
from django.utils import timezone

from apps_app.actions.confirm_release import unfinished_version
from apps_app.models import ReleaseRecord
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from templates_app.actions.delete_draft import delete_draft


@transaction.atomic
def cancel_publication(record: ReleaseRecord, by: Actor) -> ReleaseRecord:
    """The record stays, as cancelled. Raises Refused once the version was released."""
    by.require(record.team, Role.PUBLISHER)
    record = ReleaseRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    delete_draft(unfinished_version(record), by)
    record.version = None
    record.cancelled_by, record.cancelled_at = by.name, timezone.now()
    record.save(update_fields=["version", "cancelled_by", "cancelled_at"])
    audit.record(by, "gave up publication", record)
    return record
