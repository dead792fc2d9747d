"""Drift of a component, field by field, and both sides once it is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import groupby

from apps_app.drivers.base import ComponentPart, LiveComponent
from templates_app.appspec.diff.diff import ComponentChange, compare_component
from templates_app.appspec.diff.field_change import FieldChange, Symbol, describe_path
from templates_app.appspec.diff.rebase_text import rebase_text
from templates_app.appspec.interpolation.render import get_secret_names
from templates_app.appspec.interpolation.syntax import TextError, substitute
from templates_app.appspec.merge.merge import merge_specs
from templates_app.appspec.merge.three_way import MergeDecision
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import to_plain
from upgrades_app.engine.comparison.redaction import DOTS, Redactor
from upgrades_app.engine.drift.redact_observed import redact_observed
from upgrades_app.engine.inputs.component_part import build_part
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.plan_rows import NO_PROVENANCE, FieldRow, Provenance, ValueProvenance
from upgrades_app.engine.inputs.planning_input import SpecSide
from upgrades_app.engine.inputs.rendered_side import RenderedSide, render_side

_DRIFT_EDITED = ValueProvenance(kind=Provenance.DRIFT_EDITED)
PORT = 4
"""Length of the path of a container port."""


@dataclass(frozen=True, slots=True)
class AcceptedDrift:
    """Both sides once the live state is accepted: it becomes applied, and desired unless edited.

    `secrets` are values to seal; `edited` are the paths where a pending edit differs from the live state and is kept.
    """

    applied: SpecSide
    desired: SpecSide
    secrets: Mapping[str, str] = field(repr=False)
    edited: tuple[MergeDecision, ...]


def accept_live(applied: SpecSide, desired: SpecSide, key: str, live: LiveComponent) -> AcceptedDrift:
    """Accept the live state of a component that is on both sides. Raises SpecError if it is no valid document."""
    spec, secrets = redact_observed(_describe(applied, key, live), applied, key)
    merged = merge_specs(applied.spec, desired.spec, spec, only=frozenset({key}))
    # a pending value is kept like any other pending edit
    edited = {name for name, text in desired.secrets.items() if applied.secrets.get(name) not in (None, text)}
    items = {name: text for name, text in secrets.items() if name not in edited}
    return AcceptedDrift(
        replace(applied, spec=spec, secrets={**applied.secrets, **secrets}),
        replace(desired, spec=merged.spec, secrets={**desired.secrets, **items}),
        secrets,
        merged.conflicts,
    )


def build_drift_rows(before: RenderedSide, drift: AcceptedDrift, key: str) -> tuple[FieldRow, ...]:
    """Return the rows of the applied against the live component, with dots for every secret."""
    drift_rows = _DriftRows(
        Redactor.from_rendered(before),
        Redactor.from_rendered(render_side(drift.applied)),
        {decision.path for decision in drift.edited},
    )
    change = compare_component(key, before.spec.components[key], render_side(drift.applied).spec.components[key])
    rows = [
        drift_rows.ports(several) if port else drift_rows.field(several[0], change)
        for port, several in _group_by_port(change)
    ]
    return (*rows, *_build_secret_rows(before, drift, key))


@dataclass(frozen=True, slots=True)
class _DriftRows:
    old: Redactor
    new: Redactor
    edited: AbstractSet[tuple[str, ...]]

    def field(self, change: FieldChange, of: ComponentChange) -> FieldRow:
        was, now = (
            self.old.redact_at(of.before, change.path, change.before),
            self.new.redact_at(of.after, change.path, change.after),
        )
        hidden = DOTS in (was or "") and DOTS in (now or "")
        return FieldRow(
            path=change.path,
            label=describe_path(change.path),
            symbol=change.symbol,
            before=was,
            after=None if hidden else now,
            after_code=MessageCode.OTHER_VALUE if hidden else None,
            provenance=_DRIFT_EDITED if change.path in self.edited else NO_PROVENANCE,
            secret=hidden,
        )

    def ports(self, bindings: Sequence[FieldChange]) -> FieldRow:
        """Return one row for all bindings of a port: "ports 80/tcp 8080 → 8081"."""
        path = bindings[0].path[:4]
        was = ", ".join(change.path[4] for change in bindings if change.symbol != Symbol.ADDED)
        now = ", ".join(change.path[4] for change in bindings if change.symbol != Symbol.REMOVED)
        symbol = Symbol.CHANGED if was and now else Symbol.REMOVED if was else Symbol.ADDED
        is_edited = any(change.path in self.edited for change in bindings)
        return FieldRow(
            path=path,
            label=describe_path(path),
            symbol=symbol,
            before=was or None,
            after=now or None,
            provenance=_DRIFT_EDITED if is_edited else NO_PROVENANCE,
        )


def _group_by_port(change: ComponentChange) -> Iterator[tuple[bool, list[FieldChange]]]:
    """Group the changes of the bindings of one port; every other change is its own group."""
    for path, several in groupby(change.changes, lambda item: item.path[:4] if _is_binding(item) else item.path):
        result = list(several)
        yield len(path) == PORT and _is_binding(result[0]), result


def _is_binding(change: FieldChange) -> bool:
    return change.path[2] == "ports" and len(change.path) == PORT + 1


def build_side_part(side: SpecSide, key: str, salt: bytes) -> ComponentPart:
    """Build the part of a component. Raises KeyError if it is not on this side or cannot be rendered."""
    rendered = render_side(side)
    return build_part(rendered.parts[key], rendered.secrets, salt)


def _build_secret_rows(before: RenderedSide, drift: AcceptedDrift, key: str) -> Iterator[FieldRow]:
    """Yield a row for each secret whose value differs."""
    for name in before.parts[key].secrets:
        if name in drift.secrets and drift.secrets[name] != before.secrets.get(name):
            yield FieldRow(
                path=("parameters", name),
                label=name,
                symbol=Symbol.CHANGED,
                before=DOTS,
                after_code=MessageCode.OTHER_VALUE,
                secret=True,
                is_component_secret=True,
            )


def _describe(applied: SpecSide, key: str, live: LiveComponent) -> AppSpec:
    """Return the applied document with the live component; references that render to the live value are kept."""
    if live.component is None:
        raise KeyError(key)
    now = render_side(applied)

    def read(name: str) -> str:
        try:
            return substitute(name, now.values, get_secret_names(now.raw.parameters))
        except TextError:
            return name

    own, was = applied.spec.components[key], now.spec.components[key]
    component = parse_component(
        rebase_text(to_plain(own), to_plain(was), to_plain(live.component), read), f"components.{key}"
    )
    return applied.spec.model_copy(
        update={
            "components": {**applied.spec.components, key: component},
            "volumes": {**live.volumes, **applied.spec.volumes},
            "networks": {**live.networks, **applied.spec.networks},
        }
    )
