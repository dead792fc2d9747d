"""Which version each template component of an installation comes from, as plain data for a record, and back to rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from django.db.models import Count

from apps_app.models import Component, Installation, Origin
from templates_app.models import TemplateVersion
from upgrades_app.engine.plan import Arrival, Plan


class OriginData(TypedDict):
    version: int
    label: str
    state: str


type Origins = dict[str, OriginData]


def origins_of(installation: Installation | None) -> Origins:
    """The rows as data. Reads them once."""
    if installation is None:
        return {}
    return {
        one.template_key: _data(one.version, one.state)
        for one in installation.origins.select_related("version").defer("version__document")
    }


def origins_after(before: Origins, plan: Plan, to: TemplateVersion) -> Origins:
    """Where every template component is once the plan is done; what is left behind stays as it was."""
    after = dict(before)
    for key, arrival in plan.arrivals.items():
        if arrival is Arrival.GONE:
            after.pop(key, None)
        elif arrival is not Arrival.BEHIND:
            after[key] = _data(to, Origin.State(arrival.value))
    return after


def ahead_of(installation: Installation, arrivals: Mapping[str, Arrival]) -> str:
    """ "1 of 4 at 1.1": how many components, of those a plan spoke of, are at another version than the installation."""
    counted = {key for key, one in arrivals.items() if one in {Arrival.PRESENT, Arrival.BEHIND}}
    there = installation.origins.filter(template_key__in=counted, state=Origin.State.PRESENT)
    others = there.exclude(version=installation.version).values("version__version", "version__sort_key")
    rows = others.annotate(n=Count("pk")).order_by("-version__sort_key")
    return ", ".join(f"{row['n']} of {len(counted)} at {row['version__version']}" for row in rows)


def write_origins(installation: Installation, keys: Iterable[str], wanted: Mapping[str, OriginData]) -> None:
    """Make the rows of these keys say what `wanted` says; a key it lacks has no row."""
    keys = list(keys)
    gone = [key for key in keys if key not in wanted]
    installation.origins.filter(template_key__in=gone).delete()
    ids = dict(Component.objects.filter(application=installation.application_id).values_list("key", "pk"))
    rows = [
        Origin(
            installation=installation,
            template_key=key,
            version_id=wanted[key]["version"],
            component_id=ids.get(key),
            state=wanted[key]["state"],
        )
        for key in keys
        if key in wanted
    ]
    Origin.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["installation", "template_key"],
        update_fields=["version", "component", "state"],
    )


def _data(version: TemplateVersion, state: str) -> OriginData:
    return {"version": version.pk, "label": version.version, "state": str(state)}
