"""Look at the target and keep what it shows, for pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog
from django.db import transaction
from django.utils import timezone

from apps_app.actions.locks import lock
from apps_app.drivers.base import DriverError, Observed, State
from apps_app.models import Application, Component, Observation
from config.errors import Refused


def observe(application: Application) -> str:
    """Renews the observations of all components; the answer is "" or why the target could not be asked."""
    if application.target is None:
        return ""
    try:
        keep(look(application, list(application.components.all())))
    except DriverError as error:
        return str(error)
    return ""


def look(application: Application, components: Sequence[Component]) -> list[Observation]:
    """What the target shows of these components now; nothing is kept. Raises DriverError."""
    if application.target is None:
        return []
    observed = application.target.driver().read(application.placement)
    missing = Observed(State.MISSING if application.target.runs else State.NOT_WRITTEN)
    return [_row(component, observed.get(component.key, missing)) for component in components]


@transaction.atomic
def keep(rows: Iterable[Observation]) -> None:
    """Keeps these for pages, of components that are still there: a record may take one away while a target is asked."""
    observed = {row.component_id: row for row in rows}
    existing = Component.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=observed).order_by("pk")
    Observation.objects.bulk_create(
        [observed[pk] for pk in existing.values_list("pk", flat=True)],
        update_conflicts=True,
        unique_fields=["component"],
        update_fields=["digest", "present", "health", "detail", "at"],
    )


def _row(component: Component, observed: Observed) -> Observation:
    return Observation(
        component=component,
        digest=observed.digest,
        present=observed.present,
        health=observed.state.value,
        detail=observed.detail,
    )


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
    result = Application.objects.filter(pk__in=applied, target__isnull=False, busy__isnull=True)
    return [
        application
        for application in result.select_related("target").defer("imported")
        if application.target and application.target.runs
    ]


def _watch_one(application: Application) -> bool:
    """Whether its target answers. What it said is not kept where somebody worked on the application meanwhile."""
    began = timezone.now()
    try:
        observed = look(application, list(application.components.all()))
    except DriverError:
        return False
    newer = Observation.objects.filter(component__application=application, at__gt=began)
    try:
        with transaction.atomic():
            lock(application)
            if not newer.exists():
                keep(observed)
    except (Refused, Application.DoesNotExist):
        pass
    return True
