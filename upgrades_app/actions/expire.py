"""Discard the plans that nobody confirmed in time."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from config.accounts.access.actor import Actor
from config.errors import Refused
from upgrades_app.actions.discard import discard
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status

KEPT = timedelta(days=7)


def expire() -> int:
    """How many were discarded: the old ones, and those whose application was deleted."""
    lost = Q(created_at__lt=timezone.now() - KEPT) | Q(application__isnull=True)
    old = UpgradeRecord.objects.filter(lost, status=Status.PLANNED)
    return sum(_discarded(record) for record in old)


def _discarded(record: UpgradeRecord) -> bool:
    try:
        discard(record, Actor.system("expiry"))
    except Refused:
        return False
    return True
