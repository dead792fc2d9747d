from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from upgrades_app.actions.discard import discard_plan
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status

RETENTION = timedelta(days=7)


def expire_plans() -> int:
    """Discard old plans and plans of deleted applications; return their number."""
    expired = Q(created_at__lt=timezone.now() - RETENTION) | Q(application__isnull=True)
    records = UpgradeRecord.objects.filter(expired, status=Status.PLANNED)
    return sum(_discard_expired(record) for record in records)


def _discard_expired(record: UpgradeRecord) -> bool:
    try:
        discard_plan(record, Actor.system("expiry"))
    except OperationRefused:
        return False
    return True
