"""Plans that wait for a confirm which cannot come any more: another one was confirmed."""

from __future__ import annotations

from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status


def overtake(record: UpgradeRecord) -> None:
    """Every other plan of its application was made from what this record changes: it waits no longer, and says why."""
    text = f"{record.confirmed_by_label} confirmed “{record.title}” instead of this plan."
    others = UpgradeRecord.objects.waiting().filter(application=record.application).exclude(pk=record.pk)
    others.update(status=Status.OVERTAKEN, overtaken_by=record, result=text)
