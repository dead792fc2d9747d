"""Look at what runs now and then, so that lists and the first page tell what somebody did there by hand."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone

from apps_app.actions.busy import lock
from apps_app.actions.observe import keep, look
from apps_app.drivers.errors import DriverError
from apps_app.models import Application, Component, Observation
from config.errors import Refused

logger = structlog.get_logger(__name__)


def watch() -> None:
    """Renews what is known of every application that runs somewhere. A target that does not answer is asked once, and
    a defect in one application keeps no other from being looked at."""
    silent: set[int | None] = set()
    for application in _in_place():
        if application.target_id in silent:
            continue
        try:
            if not _watch_one(application):
                silent.add(application.target_id)
        except Exception:
            logger.exception("application not looked at", application=application.slug)


def _in_place() -> list[Application]:
    applied = Component.objects.filter(applied__isnull=False).values("application")
    found = Application.objects.filter(pk__in=applied, target__isnull=False, busy__isnull=True)
    return [one for one in found.select_related("target").defer("imported") if one.target and one.target.runs]


def _watch_one(application: Application) -> bool:
    """Whether its target answers. What it said is not kept where somebody worked on the application meanwhile."""
    began = timezone.now()
    try:
        seen = look(application, list(application.components.all()))
    except DriverError:
        return False
    newer = Observation.objects.filter(component__application=application, at__gt=began)
    try:
        with transaction.atomic():
            lock(application)
            if not newer.exists():
                keep(seen)
    except (Refused, Application.DoesNotExist):
        pass
    return True
