"""Mark plans as superseded after another plan was confirmed."""

from __future__ import annotations

from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status


def supersede_plans(record: UpgradeRecord) -> None:
    """Mark every other plan of the application as superseded by this record."""
    text = f"Superseded by “{record.title}”, confirmed by {record.confirmed_by_label}."
    others = UpgradeRecord.objects.planned().filter(application=record.application).exclude(pk=record.pk)
    others.update(status=Status.SUPERSEDED, superseded_by=record, result=text)
