from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from templates_app.appspec.diff.diff import ComponentChange, SpecDiff, compare_component
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.interpolation.render import find_parameters_at
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.presentation.value_labels import describe_sides
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.model import AppSpec

SECTIONS = ("parameters", "volumes", "networks")
MANY = 12
_NOTHING = ComponentSpec()
_WORDS = (
    (Symbol.ADDED, "new"),
    (Symbol.CHANGED, "changed"),
    (Symbol.REMOVED, "removed"),
    (Symbol.UNCHANGED, "unchanged"),
)


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One field; `lines` are there for long texts instead of before and after: (kind, text)."""

    label: str
    before: str | None
    after: str | None
    where: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonCard:
    """One component, or one section of the document beside them."""

    title: str
    symbol: str
    rows: tuple[ComparisonRow, ...]
    image: str = ""
    impact: str = ""
    note: str = ""

    @property
    def is_new(self) -> bool:
        """Whether there is nothing on the left side."""
        return self.symbol == Symbol.ADDED

    @property
    def has_sources(self) -> bool:
        """Whether one of its fields has where it came from."""
        return any(row.where for row in self.rows)

    @property
    def description(self) -> str:
        return f"{len(self.rows)} {'field' if len(self.rows) == 1 else 'fields'}" if self.rows else ""


@dataclass(frozen=True, slots=True)
class SpecComparison:
    """What a page needs: the cards that say something, the components that did not change, and how many of each."""

    cards: tuple[ComparisonCard, ...]
    unchanged: tuple[str, ...]
    summary: tuple[tuple[str, int, str], ...]

    @property
    def is_long(self) -> bool:
        """More than one would want to see at once."""
        return len(self.cards) > MANY

    @property
    def has_changes(self) -> bool:
        return bool(self.cards)


def compare_documents(comparison: SpecDiff, written: AppSpec | None = None) -> SpecComparison:
    """`comparison` is of rendered documents; `written` is the later one as it is written, to name its parameters."""
    parts = [
        _build_component_card(change, written)
        for change in comparison.components
        if change.symbol is not Symbol.UNCHANGED
    ]
    first = all(change.symbol is Symbol.ADDED for change in comparison.components)
    sections = [
        _build_section_card(name, result, first=first) for name in SECTIONS if (result := getattr(comparison, name))
    ]
    counted = Counter(change.symbol for change in comparison.components)
    tally = tuple((str(symbol), counted[symbol], word) for symbol, word in _WORDS if counted[symbol])
    unchanged = tuple(change.key for change in comparison.components if change.symbol is Symbol.UNCHANGED)
    return SpecComparison((*parts, *sections), unchanged, tally)


def build_component_rows(
    key: str, component: ComponentSpec, written: AppSpec | None = None
) -> tuple[ComparisonRow, ...]:
    """Everything a component says, field by field."""
    changes = compare_component(key, _NOTHING, component).changes
    return tuple(
        _build_row(change, _describe_place(change, written)) for change in changes if change.path[2] != "image"
    )


def _build_component_card(item: ComponentChange, written: AppSpec | None) -> ComparisonCard:
    component = item.after or item.before or _NOTHING
    if item.symbol is Symbol.ADDED:
        return ComparisonCard(
            item.key, str(item.symbol), build_component_rows(item.key, component, written), component.image
        )
    if item.symbol is Symbol.REMOVED:
        return ComparisonCard(item.key, str(item.symbol), (), component.image)
    rows = tuple(_build_row(change, _describe_place(change, written)) for change in item.changes)
    return ComparisonCard(
        item.key, str(item.symbol), rows, component.image, item.impact.name.lower(), item.data_at_risk
    )


def _build_section_card(name: str, changes: tuple[FieldChange, ...], *, first: bool) -> ComparisonCard:
    """`first`: there is nothing before, so all of it is new."""
    new = first and all(change.symbol is Symbol.ADDED for change in changes)
    symbol = Symbol.ADDED if new else Symbol.CHANGED
    return ComparisonCard(name.capitalize(), str(symbol), tuple(_build_row(change, "") for change in changes))


def _build_row(change: FieldChange, where: str) -> ComparisonRow:
    label = change.label
    if change.path[0] in SECTIONS:
        label = label.partition(" ")[2]
    before, after = _is_long(change.before), _is_long(change.after)
    if "\n" in before + after:
        return ComparisonRow(label, None, None, where, tuple(_build_lines(before, after)))
    return ComparisonRow(label, *describe_sides(change), where)


def _is_long(value: JsonValue | None) -> str:
    """A text, or the content of a whole config file; "" for everything else."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def _build_lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line.startswith(("---", "+++")):
            continue
        kind = {"+": "new", "-": "removed", "@": "at"}.get(line[:1], "")
        yield kind, line


def _describe_place(change: FieldChange, written: AppSpec | None) -> str:
    if written is None or len(change.path) < 3:
        return ""
    part: Record | None = written.components.get(change.path[1])
    if part is None:
        return ""
    try:
        names = find_parameters_at(part, change.path[2:])
    except TextError:
        return ""
    return f"from {', '.join(sorted(names))}" if names else ""
