from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps_app.models import Application
from apps_app.queries.local_changes import ChangeLine, build_change_lines
from apps_app.queries.pending_changes import list_referenced_parameters
from apps_app.queries.rendered_spec import get_set_values, render_with
from templates_app.appspec.diff.diff import compare_specs
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.rotation import find_plain_credentials, find_rotations

_VERBS = {
    Impact.IN_PLACE: ("is updated in place", "are updated in place"),
    Impact.RESTART: ("restarts", "restart"),
    Impact.RECREATE: ("is recreated", "are recreated"),
}
_WRITTEN = ("is rewritten", "are rewritten")


@dataclass(frozen=True, slots=True)
class ValueImpact:
    """One component that other values change; a secret is named in `secrets`, and no line shows it.

    `caution`: what to do first, where it may have kept the old one in its data.
    """

    key: str
    impact: Impact
    lines: tuple[ChangeLine, ...] = ()
    secrets: tuple[str, ...] = ()
    caution: str = ""


def find_value_impact(
    application: Application, spec: AppSpec, *, values: Mapping[str, str], back: Collection[str] = ()
) -> tuple[ValueImpact, ...]:
    """What setting `values`, and giving those in `back` up, changes. Nothing is stored.

    `values` holds new secrets too: all that matters of them is who reads them.
    """
    secret = frozenset(name for name in values if name in spec.parameters and spec.parameters[name].secret)
    provided = get_set_values(application)
    now = {**provided, **{name: item for name, item in values.items() if name not in secret}}
    after = render_with(spec, {name: item for name, item in now.items() if name not in back})
    existing, known = _list_applied(application), _list_known_values(application)
    result = []
    for change in compare_specs(render_with(spec, provided), after).components:
        sealed = tuple(sorted(secret & list_referenced_parameters(spec.components[change.key])))
        if change.changes or sealed:
            impact = max(change.impact, Impact.RECREATE if sealed else Impact.NONE)
            rotated = known.intersection(sealed) | find_plain_credentials(change.changes)
            caution = find_rotations(change.key, existing[change.key], rotated) if change.key in existing else ""
            result.append(ValueImpact(change.key, impact, build_change_lines(change.changes), sealed, caution))
    return tuple(result)


def _list_applied(application: Application) -> dict[str, ComponentSpec]:
    """The components that have been on the target."""
    rows = application.components.filter(applied__isnull=False) if application.target_id is not None else ()
    return {row.key: item for row in rows if (item := row.applied_spec) is not None}


def _list_known_values(application: Application) -> frozenset[str]:
    """The parameters whose values the target has."""
    return frozenset(application.values.filter(applied__isnull=False).values_list("name", flat=True))


def describe_value_impact(result: Collection[ValueImpact], *, runs: bool) -> tuple[str, ...]:
    """ "web and worker are recreated": one sentence for each impact, the heaviest first. `runs` is the target's."""
    by_impact: dict[tuple[str, str], list[str]] = {}
    for impact in sorted(result, key=lambda value_impact: (-value_impact.impact, value_impact.key)):
        if impact.impact is not Impact.NONE:
            by_impact.setdefault(_VERBS[impact.impact] if runs else _WRITTEN, []).append(impact.key)
    return tuple(f"{join_names(keys, len(keys))} {verbs[len(keys) > 1]}" for verbs, keys in by_impact.items())
