"""Look at the target and keep what it shows, for pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from apps_app.drivers.base import Observed, State
from apps_app.drivers.errors import DriverError
from apps_app.models import Application, Component, Observation


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
    seen = application.target.driver().read(application.placement)
    missing = Observed(State.MISSING if application.target.runs else State.NOT_WRITTEN)
    return [_row(one, seen.get(one.key, missing)) for one in components]


@transaction.atomic
def keep(rows: Iterable[Observation]) -> None:
    """Keeps these for pages, of components that are still there: a record may take one away while a target is asked."""
    seen = {row.component_id: row for row in rows}
    there = Component.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=seen).order_by("pk")
    Observation.objects.bulk_create(
        [seen[pk] for pk in there.values_list("pk", flat=True)],
        update_conflicts=True,
        unique_fields=["component"],
        update_fields=["digest", "present", "health", "detail", "at"],
    )


def _row(component: Component, seen: Observed) -> Observation:
    return Observation(
        component=component, digest=seen.digest, present=seen.present, health=seen.state.value, detail=seen.detail
    )
