"""The inputs of one part of the document, over what it was before."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from pydantic import JsonValue

from apps_app.forms.component_fields.cells import Cell
from templates_app.appspec.schema.serialize import Tree


class CellsForm(forms.Form):
    """Bound to `data`; with `again` it only shows once more what was typed."""

    def __init__(
        self,
        cells: tuple[Cell, ...],
        before: Tree,
        data: QueryDict | None = None,
        *,
        prefix: str,
        again: bool = False,
    ) -> None:
        super().__init__(None if again else data, prefix=prefix)
        self.cells, self.before, self.said = cells, before, dict[str, JsonValue]()
        for cell in cells:
            typed = data.get(self.add_prefix(cell.name), "") if data is not None else ""
            self.fields[cell.name] = cell.field(self.value_before(cell), typed)
        if again and data is not None:
            self.initial = {name: self._typed(data, name) for name in self.fields}

    def value_before(self, cell: Cell) -> JsonValue:
        return self.before.get(cell.name, cell.empty)

    def clean(self) -> dict[str, Any]:
        """Reads every cell; `said` holds the values."""
        cleaned = super().clean() or {}
        for cell in self.cells:
            if cell.name not in cleaned:
                continue
            try:
                self.said[cell.name] = cell.read(cleaned[cell.name], self.value_before(cell))
            except ValueError as error:
                self.add_error(cell.name, str(error))
        return cleaned

    def tell(self, steps: tuple[str, ...], message: str) -> bool:
        """Puts a fault at the cell that `steps` lead to; answers whether there is one."""
        name = next((step for step in steps if step in self.fields), "")
        if name:
            self.add_error(name, message)
        return bool(name)

    def _typed(self, data: QueryDict, name: str) -> Any:
        field = self.fields[name]
        return field.widget.value_from_datadict(data, {}, self.add_prefix(name))
