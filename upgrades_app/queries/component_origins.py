"""Which version each component of an installation comes from, as plain data for a record, and back to rows.

By the key that the component has here; `template_key` is there where the template calls it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NotRequired, TypedDict

from django.db.models import Count

from apps_app.models import Component, Installation, Origin
from templates_app.models import TemplateVersion
from upgrades_app.engine.planning.plan import Arrival, Plan
from upgrades_app.queries.component_keys import key_here


class OriginData(TypedDict):
    version: int
    label: str
    state: str
    template_key: NotRequired[str]


type Origins = dict[str, OriginData]


def origins_of(installation: Installation | None) -> Origins:
    """The rows as data. Reads them once."""
    if installation is None:
        return {}
    rows = installation.origins.select_related("version", "component").only(
        "template_key", "state", "installation", "version__version", "component__key"
    )
    return {
        key_here(origin): _data(origin.version, origin.state, origin.template_key, key_here(origin)) for origin in rows
    }


def origins_after(before: Origins, plan: Plan, to: TemplateVersion) -> Origins:
    """Where every template component is once the plan is done; what is left behind stays as it was."""
    after = dict(before)
    for key, outcome in plan.arrivals.items():
        if outcome is Arrival.GONE:
            after.pop(key, None)
        elif outcome is not Arrival.BEHIND:
            after[key] = _data(to, Origin.State(outcome.value), _template_key(key, before), key)
    return after


def ahead_of(installation: Installation, arrivals: Mapping[str, Arrival]) -> str:
    """ "1 of 4 at 1.1": how many components, of those a plan spoke of, are at another version than the installation."""
    counted = {key for key, outcome in arrivals.items() if outcome in {Arrival.PRESENT, Arrival.BEHIND}}
    present = installation.origins.filter(component__key__in=counted, state=Origin.State.PRESENT)
    others = present.exclude(version=installation.version).values("version__version", "version__sort_key")
    rows = others.annotate(n=Count("pk")).order_by("-version__sort_key")
    return ", ".join(f"{row['n']} of {len(counted)} at {row['version__version']}" for row in rows)


def write_origins(installation: Installation, keys: Iterable[str], origins: Origins, otherwise: Origins) -> None:
    """Make the rows of these keys say what `origins` says; a key it lacks, and `otherwise` has, has no row."""
    keys = list(keys)
    removed = [_template_key(key, otherwise) for key in keys if key not in origins]
    installation.origins.filter(template_key__in=removed).delete()
    ids = dict(Component.objects.filter(application=installation.application_id).values_list("key", "pk"))
    rows = [
        Origin(
            installation=installation,
            template_key=_template_key(key, origins),
            version_id=origins[key]["version"],
            component_id=ids.get(key),
            state=origins[key]["state"],
        )
        for key in keys
        if key in origins
    ]
    Origin.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["installation", "template_key"],
        update_fields=["version", "component", "state"],
    )


def _data(version: TemplateVersion, state: str, template_key: str, key: str) -> OriginData:
    data: OriginData = {"version": version.pk, "label": version.version, "state": str(state)}
    return data if template_key == key else {**data, "template_key": template_key}


def _template_key(key: str, origins: Origins) -> str:
    return origins[key].get("template_key", key) if key in origins else key
