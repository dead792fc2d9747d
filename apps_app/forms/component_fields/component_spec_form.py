"""Every field of a component in one form of sections."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from apps_app.forms.component_fields.cells_form import CellsForm
from apps_app.forms.component_fields.sections import BASICS, singles, tables, with_current
from apps_app.forms.component_fields.tables import TableForm, number_in
from apps_app.forms.form_snapshot import Opened, OpenedForm
from templates_app.appspec.presentation.path_labels import place, steps
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import Tree, tree

_EVERY = tuple(ComponentSpec.model_fields)


class WholeForms:
    """All sections, seen as one form. `more` names a table that gets a row, `drop` a row ("env-3") that goes."""

    new = False
    wanted_by: tuple[str, ...] | None = None

    def __init__(self, spec: AppSpec, key: str, *, data: QueryDict | None = None) -> None:
        """What was sent is read over the component as the form was opened with it, not as others have it by now."""
        self.key = key
        now = spec.components.get(key, ComponentSpec())
        self.opened = Opened.read(data.get("opened", ""), _EVERY) if data is not None else None
        self.original = self.opened.over(now) if self.opened is not None else now
        before = tree(self.original)
        more, drop = (data.get("more", ""), data.get("drop", "")) if data is not None else ("", "")
        self.again = bool(more or drop)
        opened = Opened(self.original, (), _EVERY).sealed()
        self.form = OpenedForm(None if self.again else data, initial={"opened": opened})
        self.singles = {
            single_section.name: CellsForm(
                single_section.cells, single_section.part(before), data, prefix=single_section.name, again=self.again
            )
            for single_section in singles()
        }
        self.tables = {
            table.name: TableForm(
                with_current(table, before),
                _map(before, table.name),
                data,
                again=self.again,
                more=more == table.name,
                drop=number_in(drop, table.name),
            )
            for table in tables(
                sorted(component for component in spec.components if component != key), sorted(spec.networks)
            )
        }

    @property
    def basics(self) -> CellsForm:
        return self.singles[BASICS.name]

    @property
    def every(self) -> dict[str, Any]:
        """All forms below the first, for the summary of what is wrong."""
        return {**self.singles, **self.tables}

    def is_valid(self) -> bool:
        parts: Iterable[Any] = (self.form, *self.singles.values(), *self.tables.values())
        return not [part for part in parts if not part.is_valid()]

    def component(self) -> ComponentSpec:
        """The component as the form says it. Raises SpecError."""
        document = tree(self.original)
        for single_section in singles():
            part = {**single_section.part(document), **self.singles[single_section.name].said}
            document = {**document, single_section.at: part} if single_section.at else part
        return parse_component({**document, **{name: table.tree() for name, table in self.tables.items()}})

    def place(self, fault: Fault, key: str) -> None:
        """Puts a fault at the field it speaks of, or above them all."""
        at = steps(f"components.{key}.{fault.path}") if not fault.path.startswith("components.") else steps(fault.path)
        inside = at[2:] if at[:2] == ("components", key) else ()
        if (inside and self._told(inside, fault.message)) or self._told_mount(at, fault.message):
            return
        text = place(at).removeprefix(f"{key}, ") if at else fault.path
        self.form.add_error(None, f"{text}: {fault.message}" if text else fault.message)

    def _told_mount(self, at: tuple[str, ...], message: str) -> bool:
        """At the row that mounts the volume which a fault speaks of."""
        if at[:1] != ("volumes",) or len(at) < 2:
            return False
        rows = (row for row in self.tables["mounts"].kept() if row.said.get("source") == at[1])
        return next((row.tell(("source",), message) for row in rows), False)

    def _told(self, inside: tuple[str, ...], message: str) -> bool:
        first, *rest = inside
        if first in self.tables:
            return bool(rest) and self.tables[first].tell(tuple(rest), message)
        if first in self.singles:
            return self.singles[first].tell(tuple(rest), message)
        return self.basics.tell((first,), message)


def with_uploads(data: QueryDict, files: MultiValueDict[str, UploadedFile[bytes]]) -> QueryDict:
    """What was sent, with the uploaded files as the content of their rows: text, or base64 where they are none."""
    query_dict = data.copy()
    for name, file in files.items():
        row, _, last = name.rpartition("-")
        if last != "upload" or not isinstance(file, UploadedFile):
            continue
        content = file.read()
        text = _text(content)
        query_dict[f"{row}-content"] = base64.b64encode(content).decode() if text is None else text
        query_dict[f"{row}-encoding"] = "base64" if text is None else "text"
    return query_dict


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _map(component: Tree, name: str) -> Tree:
    value = component.get(name, {})
    return value if isinstance(value, dict) else {}
