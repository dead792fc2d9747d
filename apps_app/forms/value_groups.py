"""Values of many parameters in groups: what an operator looks at first, and the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps_app.forms.values import ValueRow

MANY = 8


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A parameter with the components that read it, as words."""

    row: ValueRow
    used: str

    @property
    def text(self) -> str:
        """What it is found by."""
        parameter = self.row.parameter
        return f"{self.row.name}\n{parameter.label}\n{parameter.description}\n{self.used}".casefold()

    @property
    def is_open(self) -> bool:
        """Whether it wants an answer, so that it must be in sight."""
        wants = self.row.parameter.required and not self.row.is_set and self.row.parameter.default is None
        return bool(self.row.field.errors) or wants


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """`title` is empty where there is only one."""

    title: str
    rows: tuple[UsedRow, ...]
    folded: bool = False


def value_groups(rows: Iterable[ValueRow], uses: Mapping[str, str], q: str = "") -> tuple[ValueGroup, ...]:
    """Few rows as they are; of many what was found first, or else secrets and what was set here."""
    every = tuple(UsedRow(row, uses.get(row.name, "")) for row in rows)
    if q:
        text = q.casefold()
        result = tuple(grouped_row for grouped_row in every if text in grouped_row.text)
        return _told(ValueGroup("Found", result), ValueGroup("All others", _without(every, result), folded=True))
    if len(every) <= MANY:
        return (ValueGroup("", every),) if every else ()
    secrets = tuple(grouped_row for grouped_row in every if grouped_row.row.parameter.secret)
    mine = tuple(
        grouped_row
        for grouped_row in every
        if grouped_row not in secrets and (grouped_row.row.is_set or grouped_row.is_open)
    )
    rest = _without(every, (*secrets, *mine))
    return _told(
        ValueGroup("Secrets", secrets),
        ValueGroup("Set here", mine),
        ValueGroup("Follow their default", rest, folded=True),
    )


def _without(every: Iterable[UsedRow], those: tuple[UsedRow, ...]) -> tuple[UsedRow, ...]:
    names = {grouped_row.row.name for grouped_row in those}
    return tuple(grouped_row for grouped_row in every if grouped_row.row.name not in names)


def _told(*groups: ValueGroup) -> tuple[ValueGroup, ...]:
    return tuple(group for group in groups if group.rows)
