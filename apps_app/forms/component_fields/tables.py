"""A map of the document as rows of inputs: one may add rows and take rows away, without JavaScript too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.http import QueryDict
from pydantic import JsonValue

from apps_app.forms.component_fields.cells import Cell
from apps_app.forms.component_fields.cells_form import CellsForm
from templates_app.appspec.schema.serialize import Tree

MOST = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: `lead` is its key, `record` what it says under it."""

    lead: str
    record: Tree

    @property
    def identity(self) -> str:
        return f"{self.lead} {self.record.get('published', '')}".strip()


def of_records(value: Mapping[str, JsonValue]) -> list[Entry]:
    return [Entry(key, record if isinstance(record, dict) else {}) for key, record in value.items()]


def of_values(value: Mapping[str, JsonValue]) -> list[Entry]:
    return [Entry(key, {"value": item}) for key, item in value.items()]


def to_records(entries: Iterable[Entry]) -> Tree:
    return {entry.lead: entry.record for entry in entries}


def to_values(entries: Iterable[Entry]) -> Tree:
    return {entry.lead: entry.record["value"] for entry in entries}


@dataclass(frozen=True, slots=True)
class Table:
    """A map of a part of the document. `rare` cells are folded; `compact` rows need no labels of their own.

    `wrong` says what does not go together in a row, each at its cell.
    """

    name: str
    title: str
    lead: Cell
    cells: tuple[Cell, ...]
    add: str
    about: str = ""
    rare: frozenset[str] = frozenset()
    compact: bool = False
    takes_files: bool = False
    entries: Callable[[Mapping[str, JsonValue]], list[Entry]] = of_records
    join: Callable[[Iterable[Entry]], Tree] = to_records
    key: Callable[[str], str] = str.strip
    cells_at: Callable[[str, Tree], tuple[Cell, ...]] | None = None
    wrong: Callable[[Tree], Mapping[str, str]] | None = None

    def of_row(self, lead: str, record: Tree) -> tuple[Cell, ...]:
        return self.cells_at(lead, record) if self.cells_at is not None else self.cells


class RowForm(CellsForm):
    """One row; one without a lead, where nothing else was typed either, is not there."""

    def __init__(
        self, table: Table, entry: Entry, data: QueryDict | None = None, *, prefix: str, again: bool = False
    ) -> None:
        lead = data.get(f"{prefix}-{table.lead.name}", "") if data is not None else entry.lead
        cells = (table.lead, *table.of_row(lead or entry.lead, entry.record))
        super().__init__(cells, {table.lead.name: entry.lead, **entry.record}, data, prefix=prefix, again=again)
        self.table, self.number = table, prefix.rpartition("-")[2]
        self.fields["was"] = forms.CharField(
            required=False, strip=False, widget=forms.HiddenInput, initial=entry.identity
        )
        for name, field in self.fields.items():
            if table.compact and not isinstance(field, forms.BooleanField):
                field.widget.attrs["aria-label"] = field.label
                field.widget.attrs.setdefault("placeholder", table.lead.placeholder if name == table.lead.name else "")

    @property
    def lead(self) -> str:
        value = self.said.get(self.table.lead.name, "")
        return self.table.key(value) if isinstance(value, str) else ""

    @property
    def entry(self) -> Entry:
        record = {**self.before, **self.said}
        record.pop(self.table.lead.name, None)
        return Entry(self.lead, record)

    @property
    def title(self) -> str:
        return str(self[self.table.lead.name].value() or "New")

    def texts(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not isinstance(field.field, forms.BooleanField)]

    def ticks(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if isinstance(field.field, forms.BooleanField)]

    def shown(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.table.rare]

    def folded(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.table.rare]

    def unfolded(self) -> bool:
        """Whether something folded is said, or wrong."""
        at_rest = {cell.name: cell.write(cell.empty) for cell in self.cells}
        return any(field.errors or field.value() != at_rest.get(field.name, "") for field in self.folded())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.said and not self.lead and self._says_something():
            self.add_error(self.table.lead.name, "is needed")
        for name, fault in self.table.wrong(self.said).items() if self.table.wrong is not None else ():
            self.add_error(name, fault)
        return cleaned

    def _says_something(self) -> bool:
        rest = (cell for cell in self.cells if cell.name != self.table.lead.name)
        return any(self.said.get(cell.name) not in (cell.empty, "", None, False) for cell in rest)


class TableForm:
    """All rows of a table, as they were sent or as the document has them."""

    def __init__(
        self,
        table: Table,
        before: Mapping[str, JsonValue],
        data: QueryDict | None = None,
        *,
        again: bool = False,
        more: bool = False,
        drop: int = -1,
    ) -> None:
        """`more` shows one empty row beside those that were sent, `drop` leaves one of them out."""
        self.table = table
        self.grown = more or drop >= 0
        entries = table.entries(before)
        if data is None:
            rows = entries
            self.rows = [RowForm(table, entry, prefix=self._prefix(n)) for n, entry in enumerate(rows)]
        else:
            self.rows = self._sent(entries, data, again=again)
        if drop >= 0:
            self.rows = [row for n, row in enumerate(self.rows) if n != drop]
        if more and len(self.rows) < MOST:
            self.rows.append(RowForm(table, Entry("", {}), prefix=self._prefix(len(self.rows))))
            self.rows[-1].fields[table.lead.name].widget.attrs["autofocus"] = True
        if self.grown:
            self._numbered_anew()

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def unfolded(self) -> bool:
        return bool(self.rows) or self.grown

    def is_valid(self) -> bool:
        good = not [row for row in self.rows if not row.is_valid()]
        observed: set[str] = set()
        for row in self.kept():
            if row.entry.identity in observed:
                row.add_error(self.table.lead.name, "is there twice")
                good = False
            observed.add(row.entry.identity)
        return good

    def kept(self) -> list[RowForm]:
        return [row for row in self.rows if row.is_bound and row.lead]

    def tree(self) -> Tree:
        """The map that the rows say."""
        return self.table.join([row.entry for row in self.kept()])

    def tell(self, steps: tuple[str, ...], message: str) -> bool:
        """Puts a fault at the row and the cell that `steps` (key first) lead to."""
        fitting = [row for row in self.kept() if row.lead == steps[0]]
        exact = [row for row in fitting if row.entry.identity == " ".join(steps[:2])]
        row = next(chain(exact, fitting), None)
        if row is None:
            return False
        of_key = len(steps) == 1 and self.table.entries is of_records
        first = self.table.lead if of_key else self.table.cells[0]
        return row.tell(steps[1:], message) or row.tell((first.name,), message)

    def _sent(self, entries: list[Entry], data: QueryDict, *, again: bool) -> list[RowForm]:
        known = {entry.identity: entry for entry in entries}
        total = data.get(f"{self.table.name}-rows", "0")
        result = []
        for n in range(min(int(total) if total.isdecimal() else 0, MOST)):
            prefix = self._prefix(n)
            before = known.get(data.get(f"{prefix}-was", ""), Entry("", {}))
            result.append(RowForm(self.table, before, data, prefix=prefix, again=again))
        return result

    def _numbered_anew(self) -> None:
        for n, row in enumerate(self.rows):
            row.prefix, row.number = self._prefix(n), str(n)
            row._bound_fields_cache.clear()  # type: ignore[attr-defined]  # Django's own, by the prefix

    def _prefix(self, n: int) -> str:
        return f"{self.table.name}-{n}"


def number_in(drop: str, table: str) -> int:
    """Which row of the table is to go, by the value of a button ("env-3"); -1 for none of it."""
    name, _, number = drop.rpartition("-")
    return int(number) if name == table and number.isdecimal() else -1
