from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps_app.models import Component, ComponentOrigin
from templates_app.appspec.diff.diff import compare_component, compare_specs
from templates_app.appspec.diff.field_change import FieldChange
from templates_app.appspec.presentation.value_labels import describe_sides
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One changed field as a page shows it; None where that side has nothing there."""

    label: str
    symbol: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LocalChanges:
    """What changed, as lines; `since` says what the left side is ("Shop 1.0", "as applied")."""

    since: str
    lines: tuple[ChangeLine, ...]


def find_local_changes(row: Component) -> LocalChanges | None:
    """Base against desired; None for a component that comes from no version."""
    origin = row.origins.filter(state=ComponentOrigin.State.PRESENT).select_related("version__template").first()
    if origin is None:
        return None
    document = origin.version.document["components"].get(origin.template_key)
    base = None if document is None else parse_component(document, f"components.{origin.template_key}")
    return LocalChanges(
        f"{origin.version.template.name} {origin.version.version}", _build_lines(row.key, base, row.desired_spec)
    )


def find_pending_changes(key: str, applied: ComponentSpec, component: ComponentSpec) -> LocalChanges:
    """What is not applied yet, of a component with its values in place on both sides."""
    return LocalChanges("as applied", _build_lines(key, applied, component))


def _build_lines(key: str, before: ComponentSpec | None, after: ComponentSpec | None) -> tuple[ChangeLine, ...]:
    if before is None and after is None:
        return ()
    return tuple(map(_build_line, compare_component(key, before, after).changes))


def _build_line(change: FieldChange) -> ChangeLine:
    if len(change.path) == 2:
        return ChangeLine("Component", change.symbol, None, "added" if change.symbol == "+" else "removed")
    return ChangeLine(change.label, change.symbol, *describe_sides(change))


def build_change_lines(changes: Iterable[FieldChange]) -> tuple[ChangeLine, ...]:
    """Build the lines that a page displays for the changes of a component."""
    return tuple(map(_build_line, changes))


def build_comparison_groups(before: AppSpec, after: AppSpec) -> list[tuple[str, str, list[ChangeLine]]]:
    """Compare two documents as (symbol, title, lines): a group for each changed component, then shared resources."""
    compared = compare_specs(before, after)
    groups = [
        (str(item.symbol), item.key, [_build_line(change) for change in item.changes])
        for item in compared.components
        if item.changes
    ]
    for title, changes in (
        ("Parameters", compared.parameters),
        ("Volumes", compared.volumes),
        ("Networks", compared.networks),
    ):
        if changes:
            groups.append(("~", title, [_build_definition_line(change) for change in changes]))
    return groups


def _build_definition_line(change: FieldChange) -> ChangeLine:
    return ChangeLine(" ".join(change.path[1:]), change.symbol, *describe_sides(change))
