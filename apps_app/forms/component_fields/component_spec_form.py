from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from apps_app.forms.component_fields.cells_form import CellsForm
from apps_app.forms.component_fields.sections import BASICS, add_current, list_single_sections, list_tables
from apps_app.forms.component_fields.tables import TableForm, parse_row_number
from apps_app.forms.form_snapshot import FormSnapshot, SnapshotForm
from templates_app.appspec.presentation.path_labels import describe_path, list_path_steps
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import JsonTree, to_plain

_EVERY = tuple(ComponentSpec.model_fields)


class ComponentSpecForm:
    """All sections, seen as one form. `more` names a table that gets a row, `drop` a row ("env-3") that goes."""

    new = False
    dependants: tuple[str, ...] | None = None

    def __init__(self, spec: AppSpec, key: str, *, data: QueryDict | None = None) -> None:
        """What was sent is read over the component as the form was opened with it, not as others have it by now."""
        self.key = key
        now = spec.components.get(key, ComponentSpec())
        self.opened = FormSnapshot.read(data.get("opened", ""), _EVERY) if data is not None else None
        self.original = self.opened.apply_to(now) if self.opened is not None else now
        before = to_plain(self.original)
        more, drop = (data.get("more", ""), data.get("drop", "")) if data is not None else ("", "")
        self.again = bool(more or drop)
        opened = FormSnapshot(self.original, (), _EVERY).sealed()
        self.form = SnapshotForm(None if self.again else data, initial={"opened": opened})
        self.singles = {
            single_section.name: CellsForm(
                single_section.cells,
                single_section.part(before),
                data,
                prefix=single_section.name,
                is_repeated=self.again,
            )
            for single_section in list_single_sections()
        }
        self.tables = {
            table.name: TableForm(
                add_current(table, before),
                _get_map(before, table.name),
                data,
                is_repeated=self.again,
                more=more == table.name,
                drop=parse_row_number(drop, table.name),
            )
            for table in list_tables(
                sorted(component for component in spec.components if component != key), sorted(spec.networks)
            )
        }

    @property
    def basics(self) -> CellsForm:
        return self.singles[BASICS.name]

    @property
    def all_forms(self) -> dict[str, Any]:
        """All forms below the first, for the summary of what is wrong."""
        return {**self.singles, **self.tables}

    def is_valid(self) -> bool:
        parts: Iterable[Any] = (self.form, *self.singles.values(), *self.tables.values())
        return not [part for part in parts if not part.is_valid()]

    def component(self) -> ComponentSpec:
        """The component as the form says it. Raises SpecError."""
        tree = to_plain(self.original)
        for single_section in list_single_sections():
            part = {**single_section.part(tree), **self.singles[single_section.name].said}
            tree = {**tree, single_section.at: part} if single_section.at else part
        return parse_component({**tree, **{name: table.tree() for name, table in self.tables.items()}})

    def find_field(self, fault: Fault, key: str) -> None:
        """Puts a fault at the field it speaks of, or above them all."""
        at = (
            list_path_steps(f"components.{key}.{fault.path}")
            if not fault.path.startswith("components.")
            else list_path_steps(fault.path)
        )
        inside = at[2:] if at[:2] == ("components", key) else ()
        if (inside and self._add_fault(inside, fault.message)) or self._add_mount_fault(at, fault.message):
            return
        text = describe_path(at).removeprefix(f"{key}, ") if at else fault.path
        self.form.add_error(None, f"{text}: {fault.message}" if text else fault.message)

    def _add_mount_fault(self, at: tuple[str, ...], message: str) -> bool:
        """At the row that mounts the volume which a fault speaks of."""
        if at[:1] != ("volumes",) or len(at) < 2:
            return False
        rows = (row for row in self.tables["mounts"].kept() if row.said.get("source") == at[1])
        return next((row.add_fault(("source",), message) for row in rows), False)

    def _add_fault(self, inside: tuple[str, ...], message: str) -> bool:
        first, *rest = inside
        if first in self.tables:
            return bool(rest) and self.tables[first].add_fault(tuple(rest), message)
        if first in self.singles:
            return self.singles[first].add_fault(tuple(rest), message)
        return self.basics.add_fault((first,), message)


def merge_uploads(data: QueryDict, files: MultiValueDict[str, UploadedFile[bytes]]) -> QueryDict:
    """What was sent, with the uploaded files as the content of their rows: text, or base64 where they are none."""
    query_dict = data.copy()
    for name, file in files.items():
        row, _, last = name.rpartition("-")
        if last != "upload" or not isinstance(file, UploadedFile):
            continue
        content = file.read()
        text = _get_text(content)
        query_dict[f"{row}-content"] = base64.b64encode(content).decode() if text is None else text
        query_dict[f"{row}-encoding"] = "base64" if text is None else "text"
    return query_dict


def _get_text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _get_map(component: JsonTree, name: str) -> JsonTree:
    value = component.get(name, {})
    return value if isinstance(value, dict) else {}
