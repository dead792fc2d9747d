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
        one = self.row.parameter
        return f"{self.row.name}\n{one.label}\n{one.description}\n{self.used}".casefold()

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
        found = tuple(one for one in every if text in one.text)
        return _told(ValueGroup("Found", found), ValueGroup("All others", _without(every, found), folded=True))
    if len(every) <= MANY:
        return (ValueGroup("", every),) if every else ()
    secrets = tuple(one for one in every if one.row.parameter.secret)
    mine = tuple(one for one in every if one not in secrets and (one.row.is_set or one.is_open))
    rest = _without(every, (*secrets, *mine))
    return _told(
        ValueGroup("Secrets", secrets),
        ValueGroup("Set here", mine),
        ValueGroup("Follow their default", rest, folded=True),
    )


def _without(every: Iterable[UsedRow], those: tuple[UsedRow, ...]) -> tuple[UsedRow, ...]:
    names = {one.row.name for one in those}
    return tuple(one for one in every if one.row.name not in names)


def _told(*groups: ValueGroup) -> tuple[ValueGroup, ...]:
    return tuple(group for group in groups if group.rows)
