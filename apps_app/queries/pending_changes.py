from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, F, OuterRef, Q

from apps_app.models import Application, Component, Value
from templates_app.appspec.interpolation.render import find_used_parameters
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.schema.component import ComponentSpec

DEFINITIONS = "parameters, volumes or networks"


def build_pending_filter() -> Q:
    """Build a filter for applications whose desired state differs from the last applied one."""
    own = Component.objects.filter(application=OuterRef("pk"))
    changed = own.filter(Q(desired__isnull=True) | Q(applied__isnull=True) | ~Q(desired=F("applied")))
    values = Value.objects.filter(application=OuterRef("pk"), is_pending=True)
    return Q(Exists(changed)) | Q(Exists(values)) | ~Q(definitions_desired=F("definitions_applied"))


def has_pending_changes(application: Application) -> bool:
    """Whether the application has changes that are not applied."""
    return Application.objects.filter(build_pending_filter(), pk=application.pk).exists()


def list_pending_values(application: Application) -> frozenset[str]:
    """Return the names of the parameters whose value differs from the last applied value."""
    return frozenset(application.values.filter(is_pending=True).values_list("name", flat=True))


def list_referenced_parameters(component: ComponentSpec | None) -> frozenset[str]:
    """Return the parameters that a component refers to; none if its references are invalid."""
    try:
        return find_used_parameters(component) if component is not None else frozenset()
    except TextError:
        return frozenset()


def describe_pending_changes(
    application: Application, keys: Collection[str], components: Iterable[ComponentSpec], values: frozenset[str]
) -> str:
    """Return the pending changes as a sentence; "" if there are none. `keys` are the components with pending changes,
    `values` the parameters whose value is pending."""
    if application.target is None:
        return ""
    waiting = [*keys, *_list_other_changes(application, components, values)]
    if not waiting:
        return ""
    if not application.was_ever_applied():
        return f"Nothing of {application.name} is on {application.target}."
    counted = "1 pending change" if len(waiting) == 1 else f"{len(waiting)} pending changes"
    return f"{counted}: {join_names(waiting)}."


def _list_other_changes(
    application: Application, components: Iterable[ComponentSpec], values: frozenset[str]
) -> list[str]:
    """A value that a component refers to is counted with that component."""
    others = [DEFINITIONS] if application.definitions_desired != application.definitions_applied else []
    unread = (
        values - {name for component in components for name in list_referenced_parameters(component)}
        if values
        else values
    )
    return [*others, "values"] if unread else others
