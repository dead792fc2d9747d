"""What other values would do to the components of an application, before they are set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps_app.models import Application
from apps_app.queries.local_changes import Line, lines_of
from apps_app.queries.pending_changes import reads
from apps_app.queries.rendered_spec import given_values, rendered_with
from templates_app.appspec.diff.diff import compare
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.rotation import plain_credentials, rotation

_VERBS = {
    Impact.IN_PLACE: ("is changed in place", "are changed in place"),
    Impact.RESTART: ("restarts", "restart"),
    Impact.RECREATE: ("is recreated", "are recreated"),
}
_WRITTEN = ("is written anew", "are written anew")


@dataclass(frozen=True, slots=True)
class Effect:
    """One component that other values change; a secret is named in `secrets`, and no line shows it.

    `caution`: what to do first, where it may have kept the old one in its data.
    """

    key: str
    impact: Impact
    lines: tuple[Line, ...] = ()
    secrets: tuple[str, ...] = ()
    caution: str = ""


def effects(
    application: Application, spec: AppSpec, *, values: Mapping[str, str], back: Collection[str] = ()
) -> tuple[Effect, ...]:
    """What setting `values`, and giving those in `back` up, changes. Nothing is stored.

    `values` holds new secrets too: all that matters of them is who reads them.
    """
    secret = frozenset(name for name in values if name in spec.parameters and spec.parameters[name].secret)
    provided = given_values(application)
    now = {**provided, **{name: item for name, item in values.items() if name not in secret}}
    after = rendered_with(spec, {name: item for name, item in now.items() if name not in back})
    existing, known = _there(application), _known(application)
    result = []
    for change in compare(rendered_with(spec, provided), after).components:
        sealed = tuple(sorted(secret & reads(spec.components[change.key])))
        if change.changes or sealed:
            impact = max(change.impact, Impact.RECREATE if sealed else Impact.NONE)
            rotated = known.intersection(sealed) | plain_credentials(change.changes)
            caution = rotation(change.key, existing[change.key], rotated) if change.key in existing else ""
            result.append(Effect(change.key, impact, lines_of(change.changes), sealed, caution))
    return tuple(result)


def _there(application: Application) -> dict[str, ComponentSpec]:
    """The components that have been on the target."""
    rows = application.components.filter(applied__isnull=False) if application.target_id is not None else ()
    return {row.key: item for row in rows if (item := row.applied_spec) is not None}


def _known(application: Application) -> frozenset[str]:
    """The parameters whose values the target has."""
    return frozenset(application.values.filter(applied__isnull=False).values_list("name", flat=True))


def effect_sentences(result: Collection[Effect], *, runs: bool) -> tuple[str, ...]:
    """ "web and worker are recreated": one sentence for each impact, the heaviest first. `runs` is the target's."""
    by_impact: dict[tuple[str, str], list[str]] = {}
    for impact in sorted(result, key=lambda value_impact: (-value_impact.impact, value_impact.key)):
        if impact.impact is not Impact.NONE:
            by_impact.setdefault(_VERBS[impact.impact] if runs else _WRITTEN, []).append(impact.key)
    return tuple(f"{listed(keys, len(keys))} {verbs[len(keys) > 1]}" for verbs, keys in by_impact.items())
