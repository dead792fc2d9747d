"""What an application waits to have applied, counted in one way: for its own pages, the list and the home page."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, F, OuterRef, Q

from apps_app.models import Application, Component, Value
from templates_app.appspec.interpolation.render import used_parameters
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.component import ComponentSpec

FRAME = "parameters, volumes or networks"


def is_waiting() -> Q:
    """Asked of applications in the database: something of them is not as it was applied."""
    mine = Component.objects.filter(application=OuterRef("pk"))
    changed = mine.filter(Q(desired__isnull=True) | Q(applied__isnull=True) | ~Q(desired=F("applied")))
    values = Value.objects.filter(application=OuterRef("pk"), waits=True)
    return Q(Exists(changed)) | Q(Exists(values)) | ~Q(frame_desired=F("frame_applied"))


def has_waiting(application: Application) -> bool:
    """The same of one that is at hand."""
    return Application.objects.filter(is_waiting(), pk=application.pk).exists()


def waiting_values(application: Application) -> frozenset[str]:
    """The parameters whose value is another one than was applied."""
    return frozenset(application.values.filter(waits=True).values_list("name", flat=True))


def reads(component: ComponentSpec | None) -> frozenset[str]:
    """The parameters that a component refers to; none where its references cannot be read."""
    try:
        return used_parameters(component) if component is not None else frozenset()
    except TextError:
        return frozenset()


def pending_sentence(
    application: Application, keys: Collection[str], components: Iterable[ComponentSpec], values: frozenset[str]
) -> str:
    """What waits to be applied, as a sentence; empty when nothing does. `keys` are the components that wait, `values`
    the parameters whose value does."""
    if application.target is None:
        return ""
    waiting = [*keys, *_others(application, components, values)]
    if not waiting:
        return ""
    if not application.was_ever_applied():
        return f"Nothing of {application.name} is on {application.target}."
    counted = "1 pending change" if len(waiting) == 1 else f"{len(waiting)} pending changes"
    return f"{counted}. Not applied yet: {listed(waiting)}."


def _others(application: Application, components: Iterable[ComponentSpec], values: frozenset[str]) -> list[str]:
    """A value that a component reads waits with that component."""
    others = [FRAME] if application.frame_desired != application.frame_applied else []
    unread = values - {name for component in components for name in reads(component)} if values else values
    return [*others, "values"] if unread else others
