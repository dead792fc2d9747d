"""Two documents side by side as pages show them: a card a component, a row a field."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from templates_app.appspec.diff.diff import Comparison, ComponentChange, component_change
from templates_app.appspec.diff.field_change import FieldChange, Symbol
from templates_app.appspec.interpolation.render import parameters_at
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.presentation.value_labels import sides
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
class Row:
    """One field; `lines` are there for long texts instead of before and after: (kind, text)."""

    label: str
    before: str | None
    after: str | None
    where: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One component, or one section of the document beside them."""

    title: str
    symbol: str
    rows: tuple[Row, ...]
    image: str = ""
    impact: str = ""
    note: str = ""

    @property
    def is_new(self) -> bool:
        """Whether there is nothing on the left side."""
        return self.symbol == Symbol.ADDED

    @property
    def sourced(self) -> bool:
        """Whether one of its fields has where it came from."""
        return any(row.where for row in self.rows)

    @property
    def said(self) -> str:
        return f"{len(self.rows)} {'field' if len(self.rows) == 1 else 'fields'}" if self.rows else ""


@dataclass(frozen=True, slots=True)
class Differences:
    """What a page needs: the cards that say something, the components that did not change, and how many of each."""

    cards: tuple[Card, ...]
    unchanged: tuple[str, ...]
    tally: tuple[tuple[str, int, str], ...]

    @property
    def many(self) -> bool:
        """More than one would want to see at once."""
        return len(self.cards) > MANY

    @property
    def any(self) -> bool:
        return bool(self.cards)


def differences(comparison: Comparison, written: AppSpec | None = None) -> Differences:
    """`comparison` is of rendered documents; `written` is the later one as it is written, to name its parameters."""
    parts = [_component(change, written) for change in comparison.components if change.symbol is not Symbol.UNCHANGED]
    first = all(change.symbol is Symbol.ADDED for change in comparison.components)
    sections = [_section(name, result, first=first) for name in SECTIONS if (result := getattr(comparison, name))]
    counted = Counter(change.symbol for change in comparison.components)
    tally = tuple((str(symbol), counted[symbol], word) for symbol, word in _WORDS if counted[symbol])
    unchanged = tuple(change.key for change in comparison.components if change.symbol is Symbol.UNCHANGED)
    return Differences((*parts, *sections), unchanged, tally)


def component_rows(key: str, component: ComponentSpec, written: AppSpec | None = None) -> tuple[Row, ...]:
    """Everything a component says, field by field."""
    changes = component_change(key, _NOTHING, component).changes
    return tuple(_row(change, _where(change, written)) for change in changes if change.path[2] != "image")


def _component(item: ComponentChange, written: AppSpec | None) -> Card:
    component = item.after or item.before or _NOTHING
    if item.symbol is Symbol.ADDED:
        return Card(item.key, str(item.symbol), component_rows(item.key, component, written), component.image)
    if item.symbol is Symbol.REMOVED:
        return Card(item.key, str(item.symbol), (), component.image)
    rows = tuple(_row(change, _where(change, written)) for change in item.changes)
    return Card(item.key, str(item.symbol), rows, component.image, item.impact.name.lower(), item.data_at_risk)


def _section(name: str, changes: tuple[FieldChange, ...], *, first: bool) -> Card:
    """`first`: there is nothing before, so all of it is new."""
    new = first and all(change.symbol is Symbol.ADDED for change in changes)
    symbol = Symbol.ADDED if new else Symbol.CHANGED
    return Card(name.capitalize(), str(symbol), tuple(_row(change, "") for change in changes))


def _row(change: FieldChange, where: str) -> Row:
    label = change.label
    if change.path[0] in SECTIONS:
        label = label.partition(" ")[2]
    before, after = _long(change.before), _long(change.after)
    if "\n" in before + after:
        return Row(label, None, None, where, tuple(_lines(before, after)))
    return Row(label, *sides(change), where)


def _long(value: JsonValue | None) -> str:
    """A text, or the content of a whole config file; "" for everything else."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def _lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line.startswith(("---", "+++")):
            continue
        kind = {"+": "new", "-": "removed", "@": "at"}.get(line[:1], "")
        yield kind, line


def _where(change: FieldChange, written: AppSpec | None) -> str:
    if written is None or len(change.path) < 3:
        return ""
    part: Record | None = written.components.get(change.path[1])
    if part is None:
        return ""
    try:
        names = parameters_at(part, change.path[2:])
    except TextError:
        return ""
    return f"from {', '.join(sorted(names))}" if names else ""
