"""Template version of each installed component, as JSON for upgrade records and as `Origin` rows.

Keyed by the installed component key; `template_key` is only present where it differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NotRequired, TypedDict

from django.db.models import Count

from apps_app.models import Component, ComponentOrigin, Installation
from templates_app.models import TemplateVersion
from upgrades_app.engine.planning.plan import ComponentOutcome, Plan
from upgrades_app.queries.component_keys import get_installed_key


class OriginData(TypedDict):
    version: int
    label: str
    state: str
    template_key: NotRequired[str]


type OriginsByComponent = dict[str, OriginData]


def load_origins(installation: Installation | None) -> OriginsByComponent:
    """Return the origins of an installation as JSON data. One query."""
    if installation is None:
        return {}
    rows = installation.origins.select_related("version", "component").only(
        "template_key", "state", "installation", "version__version", "component__key"
    )
    return {
        get_installed_key(origin): _build_data(
            origin.version, origin.state, origin.template_key, get_installed_key(origin)
        )
        for origin in rows
    }


def compute_origins_after(before: OriginsByComponent, plan: Plan, to: TemplateVersion) -> OriginsByComponent:
    """Return the origins after the plan has run; components left behind keep their origin."""
    after = dict(before)
    for key, outcome in plan.outcomes.items():
        if outcome is ComponentOutcome.REMOVED:
            after.pop(key, None)
        elif outcome is not ComponentOutcome.BEHIND:
            after[key] = _build_data(to, ComponentOrigin.State(outcome.value), _get_template_key(key, before), key)
    return after


def describe_partial_version(installation: Installation, outcomes: Mapping[str, ComponentOutcome]) -> str:
    """Return for example "1 of 4 at 1.1": components at another version than the installation, or ""."""
    counted = {
        key for key, outcome in outcomes.items() if outcome in {ComponentOutcome.PRESENT, ComponentOutcome.BEHIND}
    }
    present = installation.origins.filter(component__key__in=counted, state=ComponentOrigin.State.PRESENT)
    others = present.exclude(version=installation.version).values("version__version", "version__sort_key")
    rows = others.annotate(n=Count("pk")).order_by("-version__sort_key")
    return ", ".join(f"{row['n']} of {len(counted)} at {row['version__version']}" for row in rows)


def write_origins(
    installation: Installation, keys: Iterable[str], origins: OriginsByComponent, previous: OriginsByComponent
) -> None:
    """Write `origins` for these keys; delete the rows of keys that only `previous` has."""
    keys = list(keys)
    removed = [_get_template_key(key, previous) for key in keys if key not in origins]
    installation.origins.filter(template_key__in=removed).delete()
    ids = dict(Component.objects.filter(application=installation.application_id).values_list("key", "pk"))
    rows = [
        ComponentOrigin(
            installation=installation,
            template_key=_get_template_key(key, origins),
            version_id=origins[key]["version"],
            component_id=ids.get(key),
            state=origins[key]["state"],
        )
        for key in keys
        if key in origins
    ]
    ComponentOrigin.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["installation", "template_key"],
        update_fields=["version", "component", "state"],
    )


def _build_data(version: TemplateVersion, state: str, template_key: str, key: str) -> OriginData:
    data: OriginData = {"version": version.pk, "label": version.version, "state": str(state)}
    return data if template_key == key else {**data, "template_key": template_key}


def _get_template_key(key: str, origins: OriginsByComponent) -> str:
    return origins[key].get("template_key", key) if key in origins else key
