from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from apps_app.forms.component_fields.cells import Cell, list_cells
from apps_app.forms.component_fields.sections import LEAD
from apps_app.forms.component_fields.tables import TableForm, TableLayout, parse_row_number
from apps_app.forms.form_snapshot import SnapshotForm, seal, unseal
from templates_app.appspec.presentation.path_labels import describe_fault, list_path_steps
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec, Network, Parameter, Volume
from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.schema.serialize import JsonTree, compute_digest

_OPTIONS = {"placeholder": "type: nfs"}
_NAMED = (
    "An explicit name is used unchanged; otherwise the application's slug is prepended to the key. "
    "External resources are managed outside Uplift."
)
VOLUMES = TableLayout(
    "volumes", "Volumes", Cell(LEAD, "Volume", placeholder="data"),
    list_cells(Volume, "driver", "name", "external", "options", "labels", options=_OPTIONS),
    "Add a volume", f"Persistent data. Unused volumes are kept. {_NAMED}",
    rare=frozenset({"options", "labels"}),
)  # fmt: skip
NETWORKS = TableLayout(
    "networks", "Networks", Cell(LEAD, "Network", placeholder="back"),
    list_cells(
        Network,
        *("driver", "name", "external", "internal", "attachable", "options", "labels", "ipam"),
        *("enable_ipv4", "enable_ipv6"),
    ),
    "Add a network", f"Networks between components. Without any, all components use the default network. {_NAMED}",
    rare=frozenset({"options", "labels", "ipam", "enable_ipv4", "enable_ipv6", "attachable"}),
)  # fmt: skip
PARAMETERS = TableLayout(
    "parameters", "Parameters", Cell(LEAD, "Name", placeholder="WORKERS"),
    list_cells(
        Parameter,
        *("label", "description", "default", "fixed", "required", "secret", "choices", "generate"),
        choices={"help": "One per line. Other values are rejected."},
        generate={"help": "Generated once if no value is set.", "placeholder": "password:24"},
    ),
    "Add a parameter",
    "Values that can be set at install. Components use them as ${NAME}. Fixed parameters are set by the version. "
    "Secret parameters have no default.",
    rare=frozenset({"description", "choices", "generate"}),
)  # fmt: skip


class SharedResourcesForm:
    """Some of these tables, seen as one form; what was sent is read over what the form was opened with."""

    def __init__(self, spec: AppSpec, tables: Iterable[TableLayout], data: QueryDict | None = None) -> None:
        more, drop = (data.get("more", ""), data.get("drop", "")) if data is not None else ("", "")
        self.again = bool(more or drop)
        named = list(tables)
        self.now = {layout.name: _get_section(spec.plain, layout.name) for layout in named}
        opened = unseal(data.get("opened", "")) if data is not None else None
        self.opened = {layout.name: _get_section(opened or {}, layout.name) for layout in named}
        before = self.now if opened is None else self.opened
        self.form = SnapshotForm(None if self.again else data, initial={"opened": seal({**before})})
        self.tables = {
            layout.name: TableForm(
                layout,
                before[layout.name],
                data,
                is_repeated=self.again,
                more=more == layout.name,
                drop=parse_row_number(drop, layout.name),
            )
            for layout in named
        }

    @property
    def revision(self) -> str:
        """Tells whether others changed them again."""
        return compute_digest(self.now)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(table.is_valid() for table in self.tables.values())])

    def parts(self) -> dict[str, dict[str, Any]]:
        """Each map as the form says it. Raises SpecError with every fault."""
        return _build_forms({name: table.tree() for name, table in self.tables.items()})

    def snapshot_parts(self) -> dict[str, dict[str, Any]]:
        """Each map as the form showed it first; empty ones where that is not known."""
        return _build_forms(self.opened)

    def find_field(self, fault: Fault) -> None:
        """Puts a fault at the field it speaks of, or above them all."""
        at = list_path_steps(fault.path)
        table = self.tables.get(at[0]) if at else None
        if table is None or not table.add_fault(at[1:], fault.message):
            self.form.add_error(None, describe_fault(fault))


def _build_forms(sections: Mapping[str, JsonTree]) -> dict[str, dict[str, Any]]:
    spec = parse_spec(sections)
    return {name: dict(getattr(spec, name)) for name in sections}


def _get_section(document: JsonTree, name: str) -> JsonTree:
    value = document.get(name, {})
    return value if isinstance(value, dict) else {}
