"""What stands around the components: volumes, networks and parameters, each a table of the whole application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from apps_app.forms.component_fields.cells import Cell, cells_of
from apps_app.forms.component_fields.sections import LEAD
from apps_app.forms.component_fields.tables import Table, TableForm, number_in
from apps_app.forms.form_snapshot import OpenedForm, seal, unsealed
from templates_app.appspec.presentation.path_labels import said, steps
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.model import AppSpec, Network, Parameter, Volume
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import Tree, digest

_OPTIONS = {"placeholder": "type: nfs"}
_NAMED = (
    "A name on the target is used as it is; otherwise the application's short name stands before the key. "
    "An external one is made, and kept, by somebody else."
)
VOLUMES = Table(
    "volumes", "Volumes", Cell(LEAD, "Volume", placeholder="data"),
    cells_of(Volume, "driver", "name", "external", "options", "labels", options=_OPTIONS),
    "Add a volume", f"Where data stays. One that no component mounts is kept here all the same. {_NAMED}",
    rare=frozenset({"options", "labels"}),
)  # fmt: skip
NETWORKS = Table(
    "networks", "Networks", Cell(LEAD, "Network", placeholder="back"),
    cells_of(
        Network,
        *("driver", "name", "external", "internal", "attachable", "options", "labels", "ipam"),
        *("enable_ipv4", "enable_ipv6"),
    ),
    "Add a network", f"What components reach each other through. Without one, all are in the default network. {_NAMED}",
    rare=frozenset({"options", "labels", "ipam", "enable_ipv4", "enable_ipv6", "attachable"}),
)  # fmt: skip
PARAMETERS = Table(
    "parameters", "Parameters", Cell(LEAD, "Name", placeholder="WORKERS"),
    cells_of(
        Parameter,
        *("label", "description", "default", "fixed", "required", "secret", "choices", "generate"),
        choices={"help": "One a line: nothing else may be set."},
        generate={"help": "Made once when nothing was set.", "placeholder": "password:24"},
    ),
    "Add a parameter",
    "What a version leaves open. Components refer to it as ${NAME}. Its default holds where nobody sets another; "
    "one that the version decides is asked of nobody, and a secret one has no default.",
    rare=frozenset({"description", "choices", "generate"}),
)  # fmt: skip


class AroundForms:
    """Some of these tables, seen as one form; what was sent is read over what the form was opened with."""

    def __init__(self, spec: AppSpec, tables: Iterable[Table], data: QueryDict | None = None) -> None:
        more, drop = (data.get("more", ""), data.get("drop", "")) if data is not None else ("", "")
        self.again = bool(more or drop)
        named = list(tables)
        self.now = {layout.name: _section(spec.plain, layout.name) for layout in named}
        opened = unsealed(data.get("opened", "")) if data is not None else None
        self.opened = {layout.name: _section(opened or {}, layout.name) for layout in named}
        before = self.now if opened is None else self.opened
        self.form = OpenedForm(None if self.again else data, initial={"opened": seal({**before})})
        self.tables = {
            layout.name: TableForm(
                layout,
                before[layout.name],
                data,
                again=self.again,
                more=more == layout.name,
                drop=number_in(drop, layout.name),
            )
            for layout in named
        }

    @property
    def stand(self) -> str:
        """Tells whether others changed them again."""
        return digest(self.now)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(table.is_valid() for table in self.tables.values())])

    def parts(self) -> dict[str, dict[str, Any]]:
        """Each map as the form says it. Raises SpecError with every fault."""
        return _read({name: table.tree() for name, table in self.tables.items()})

    def opened_parts(self) -> dict[str, dict[str, Any]]:
        """Each map as the form showed it first; empty ones where that is not known."""
        return _read(self.opened)

    def place(self, fault: Fault) -> None:
        """Puts a fault at the field it speaks of, or above them all."""
        at = steps(fault.path)
        table = self.tables.get(at[0]) if at else None
        if table is None or not table.tell(at[1:], fault.message):
            self.form.add_error(None, said(fault))


def _read(sections: Mapping[str, Tree]) -> dict[str, dict[str, Any]]:
    spec = parse(sections)
    return {name: dict(getattr(spec, name)) for name in sections}


def _section(document: Tree, name: str) -> Tree:
    value = document.get(name, {})
    return value if isinstance(value, dict) else {}
