from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog
from django.db import transaction
from django.utils import timezone

from apps_app.actions.locks import lock_application
from apps_app.drivers.base import ComponentState, DriverError, ObservedComponent
from apps_app.models import Application, Component, Observation
from config.errors import OperationRefused


def refresh_observations(application: Application) -> str:
    """Renews the observations of all components; the answer is "" or why the target could not be asked."""
    if application.target is None:
        return ""
    try:
        save_observations(read_observations(application, list(application.components.all())))
    except DriverError as error:
        return str(error)
    return ""


def read_observations(application: Application, components: Sequence[Component]) -> list[Observation]:
    """What the target shows of these components now; nothing is kept. Raises DriverError."""
    if application.target is None:
        return []
    observed = application.target.open_driver().read(application.placement)
    missing = ObservedComponent(
        ComponentState.MISSING if application.target.starts_containers else ComponentState.NOT_WRITTEN
    )
    return [_build_observation(component, observed.get(component.key, missing)) for component in components]


@transaction.atomic
def save_observations(rows: Iterable[Observation]) -> None:
    """Keeps these for pages, of components that are still there: a record may take one away while a target is asked."""
    observed = {row.component_id: row for row in rows}
    existing = Component.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=observed).order_by("pk")
    Observation.objects.bulk_create(
        [observed[pk] for pk in existing.values_list("pk", flat=True)],
        update_conflicts=True,
        unique_fields=["component"],
        update_fields=["digest", "present", "health", "detail", "at"],
    )


def _build_observation(component: Component, observed: ObservedComponent) -> Observation:
    return Observation(
        component=component,
        digest=observed.digest,
        present=observed.present,
        health=observed.state.value,
        detail=observed.detail,
    )


logger = structlog.get_logger(__name__)


def refresh_all_observations() -> None:
    """Refresh the observations of every deployed application. An unreachable target is queried once, and an error in
    one application does not prevent the refresh of others."""
    unreachable: set[int | None] = set()
    for application in _list_observable():
        if application.target_id in unreachable:
            continue
        try:
            if not _refresh_application(application):
                unreachable.add(application.target_id)
        except Exception:
            logger.exception("application not observed", application=application.slug)


def _list_observable() -> list[Application]:
    applied = Component.objects.filter(applied__isnull=False).values("application")
    result = Application.objects.filter(pk__in=applied, target__isnull=False, lock__isnull=True)
    return [
        application
        for application in result.select_related("target").defer("imported")
        if application.target and application.target.starts_containers
    ]


def _refresh_application(application: Application) -> bool:
    """Return whether the target answers. The result is dropped if an operation locked the application in between."""
    began = timezone.now()
    try:
        observed = read_observations(application, list(application.components.all()))
    except DriverError:
        return False
    newer = Observation.objects.filter(component__application=application, at__gt=began)
    try:
        with transaction.atomic():
            lock_application(application)
            if not newer.exists():
                save_observations(observed)
    except (OperationRefused, Application.DoesNotExist):
        pass
    return True
