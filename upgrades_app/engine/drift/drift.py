"""What somebody else made of a component on its target: field by field, and what keeping it makes of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import groupby

from apps_app.drivers.base import Found, Part
from templates_app.appspec.diff.diff import ComponentChange, component_change
from templates_app.appspec.diff.field_change import FieldChange, Symbol, words
from templates_app.appspec.diff.rebase_text import carried
from templates_app.appspec.interpolation.render import secret_names
from templates_app.appspec.interpolation.syntax import TextError, substitute
from templates_app.appspec.merge.merge import merge
from templates_app.appspec.merge.three_way import Decision
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import tree
from upgrades_app.engine.comparison.redaction import DOTS, Wording
from upgrades_app.engine.drift.redact_observed import sealed
from upgrades_app.engine.inputs.component_part import part
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.planning_input import Side
from upgrades_app.engine.inputs.rendered_side import View, view

EDITED = "yours, edited here too; your edit stays, and waits to be applied"
PORT = 4
"""How long the path of a container's port is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Both sides once what is on the target is kept: it is applied then, and desired but for what is edited here.

    `secrets` are the values that are kept sealed from then on; `edited` are the places where an edit that is not
    applied yet stands against what is on the target, and stays.
    """

    applied: Side
    desired: Side
    secrets: Mapping[str, str] = field(repr=False)
    edited: tuple[Decision, ...]


def keep(applied: Side, desired: Side, key: str, observed: Found) -> Kept:
    """What `observed` says of a component that is on both sides. Raises SpecError for what makes no document."""
    spec, secrets = sealed(_told(applied, key, observed), applied, key)
    merged = merge(applied.spec, desired.spec, spec, only=frozenset({key}))
    # a value that was edited here and waits is an edit like any other
    edited = {name for name, text in desired.secrets.items() if applied.secrets.get(name) not in (None, text)}
    items = {name: text for name, text in secrets.items() if name not in edited}
    return Kept(
        replace(applied, spec=spec, secrets={**applied.secrets, **secrets}),
        replace(desired, spec=merged.spec, secrets={**desired.secrets, **items}),
        secrets,
        merged.conflicts,
    )


def found_rows(before: View, drift: Kept, key: str) -> tuple[FieldRow, ...]:
    """As it was applied against as it is there, in the words of pages, with dots for every secret."""
    drift_rows = _Rows(
        Wording.of(before), Wording.of(view(drift.applied)), {decision.path for decision in drift.edited}
    )
    change = component_change(key, before.spec.components[key], view(drift.applied).spec.components[key])
    rows = [
        drift_rows.ports(several) if port else drift_rows.field(several[0], change)
        for port, several in _by_port(change)
    ]
    return (*rows, *_secret_rows(before, drift, key))


@dataclass(frozen=True, slots=True)
class _Rows:
    old: Wording
    new: Wording
    edited: AbstractSet[tuple[str, ...]]

    def field(self, change: FieldChange, of: ComponentChange) -> FieldRow:
        was, now = self.old.at(of.before, change.path, change.before), self.new.at(of.after, change.path, change.after)
        hidden = DOTS in (was or "") and DOTS in (now or "")
        return FieldRow(
            path=change.path,
            label=words(change.path),
            symbol=change.symbol,
            before=was,
            after="another value" if hidden else now,
            source=EDITED if change.path in self.edited else "",
            secret=hidden,
        )

    def ports(self, bindings: Sequence[FieldChange]) -> FieldRow:
        """A port that is published elsewhere is one change: "ports 80/tcp 8080 → 8081"."""
        path = bindings[0].path[:4]
        was = ", ".join(change.path[4] for change in bindings if change.symbol != Symbol.ADDED)
        now = ", ".join(change.path[4] for change in bindings if change.symbol != Symbol.REMOVED)
        symbol = Symbol.CHANGED if was and now else Symbol.REMOVED if was else Symbol.ADDED
        source = EDITED if any(change.path in self.edited for change in bindings) else ""
        return FieldRow(
            path=path, label=words(path), symbol=symbol, before=was or None, after=now or None, source=source
        )


def _by_port(change: ComponentChange) -> Iterator[tuple[bool, list[FieldChange]]]:
    """Each change by itself, but for the addresses that one port is published at."""
    for path, several in groupby(change.changes, lambda item: item.path[:4] if _is_binding(item) else item.path):
        result = list(several)
        yield len(path) == PORT and _is_binding(result[0]), result


def _is_binding(change: FieldChange) -> bool:
    return change.path[2] == "ports" and len(change.path) == PORT + 1


def part_of(side: Side, key: str, salt: bytes) -> Part:
    """The component as the driver gets it. Raises KeyError where it is not on this side, or cannot be rendered."""
    rendered = view(side)
    return part(rendered.parts[key], rendered.secrets, salt)


def _secret_rows(before: View, drift: Kept, key: str) -> Iterator[FieldRow]:
    """Parameters that stand where they stood, with another value."""
    for name in before.parts[key].secrets:
        if name in drift.secrets and drift.secrets[name] != before.secrets.get(name):
            yield FieldRow(
                path=("parameters", name),
                label=f"secret {name}",
                symbol=Symbol.CHANGED,
                before=DOTS,
                after="another value",
                secret=True,
            )


def _told(applied: Side, key: str, live: Found) -> AppSpec:
    """The applied document with the component as it is there; references stay where they say just that."""
    if live.component is None:
        raise KeyError(key)
    now = view(applied)

    def read(name: str) -> str:
        try:
            return substitute(name, now.values, secret_names(now.raw.parameters))
        except TextError:
            return name

    own, was = applied.spec.components[key], now.spec.components[key]
    component = parse_component(carried(tree(own), tree(was), tree(live.component), read), f"components.{key}")
    return applied.spec.model_copy(
        update={
            "components": {**applied.spec.components, key: component},
            "volumes": {**live.volumes, **applied.spec.volumes},
            "networks": {**live.networks, **applied.spec.networks},
        }
    )
