"""What an operator changed: against the version it came from, and against what was applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps_app.models import Component, Origin
from templates_app.appspec.diff.diff import compare, component_change
from templates_app.appspec.diff.field_change import FieldChange
from templates_app.appspec.presentation.value_labels import sides
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component


@dataclass(frozen=True, slots=True)
class Line:
    """One changed field as a page shows it; None where that side has nothing there."""

    label: str
    symbol: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, as lines; `since` says what the left side is ("Shop 1.0", "as applied")."""

    since: str
    lines: tuple[Line, ...]


def local_changes(row: Component) -> Changes | None:
    """Base against desired; None for a component that comes from no version."""
    origin = row.origins.filter(state=Origin.State.PRESENT).select_related("version__template").first()
    if origin is None:
        return None
    document = origin.version.document["components"].get(origin.template_key)
    base = None if document is None else parse_component(document, f"components.{origin.template_key}")
    return Changes(f"{origin.version.template.name} {origin.version.version}", _lines(row.key, base, row.desired_spec))


def pending_changes(key: str, applied: ComponentSpec, component: ComponentSpec) -> Changes:
    """What is not applied yet, of a component with its values in place on both sides."""
    return Changes("as applied", _lines(key, applied, component))


def _lines(key: str, before: ComponentSpec | None, after: ComponentSpec | None) -> tuple[Line, ...]:
    if before is None and after is None:
        return ()
    return tuple(map(_line, component_change(key, before, after).changes))


def _line(change: FieldChange) -> Line:
    if len(change.path) == 2:
        return Line("The whole component", change.symbol, None, "added" if change.symbol == "+" else "removed")
    return Line(change.label, change.symbol, *sides(change))


def lines_of(changes: Iterable[FieldChange]) -> tuple[Line, ...]:
    """The changes of one component, each as a page shows it."""
    return tuple(map(_line, changes))


def comparison_lines(before: AppSpec, after: AppSpec) -> list[tuple[str, str, list[Line]]]:
    """Two documents as (symbol, title, lines): a group for each component that differs, then what is around them."""
    compared = compare(before, after)
    groups = [
        (str(item.symbol), item.key, [_line(change) for change in item.changes])
        for item in compared.components
        if item.changes
    ]
    for title, changes in (
        ("Parameters", compared.parameters),
        ("Volumes", compared.volumes),
        ("Networks", compared.networks),
    ):
        if changes:
            groups.append(("~", title, [_around(change) for change in changes]))
    return groups


def _around(change: FieldChange) -> Line:
    return Line(" ".join(change.path[1:]), change.symbol, *sides(change))
