from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps_app.forms.component_fields.cells import Cell, CellKind, list_cells
from apps_app.forms.component_fields.tables import TableLayout, entries_from_values, values_from_entries
from apps_app.forms.component_fields.tables_by_section import (
    ENV_CELLS,
    KNOWN,
    PROBE_CELLS,
    build_port_key,
    find_env_faults,
    find_mount_faults,
    join_env,
    join_ports,
    join_probes,
    list_engine_cells,
    list_env_entries,
    list_port_entries,
    list_probe_entries,
)
from templates_app.appspec.schema.component import (
    ComponentSpec,
    ConfigFile,
    Dependency,
    HealthGate,
    Mount,
    NetworkUse,
    PortOptions,
    Resources,
    Stop,
)
from templates_app.appspec.schema.serialize import JsonTree

LEAD = "at"
_DURATION = {"placeholder": "30s"}
_KINDS = tuple((kind, kind.capitalize()) for kind in ("liveness", "readiness", "startup"))


@dataclass(frozen=True, slots=True)
class SingleSection:
    """Fields that are there once; `at` is the part they stand in, "" for the component itself."""

    name: str
    title: str
    cells: tuple[Cell, ...]
    at: str = ""
    about: str = ""

    def part(self, component: JsonTree) -> JsonTree:
        value = component.get(self.at, {}) if self.at else component
        return value if isinstance(value, dict) else {}


BASICS = SingleSection(
    "basics",
    "Basics",
    list_cells(
        ComponentSpec,
        *("image", "name", "kind", "run", "command", "entrypoint", "user", "working_dir", "restart", "replicas"),
        *("network_mode", "data_compatible"),
        image={"placeholder": "redis:7.4"},
        name={"help": "Display name. Other components use the key."},
        command={"help": "Overrides the image's default. Shell-style quoting."},
        entrypoint={"help": "Overrides the image's default. Shell-style quoting."},
        run={"help": "When a job runs."},
        restart={"placeholder": "unless-stopped"},
        network_mode={"help": "host, none, or service:KEY; replaces networks."},
        data_compatible={"help": "This version can read data written by the previous version."},
    ),
)
_AFTER = (
    SingleSection("resources", "Resources", list_cells(Resources, memory_limit={"placeholder": "512m"}), "resources"),
    SingleSection("stop", "Stop", list_cells(Stop, signal={"placeholder": "SIGTERM"}, grace=_DURATION), "stop"),
    SingleSection(
        "health_gate",
        "Health gate",
        list_cells(HealthGate),
        "health_gate",
        "After a change, the component must become healthy within the deadline and stay healthy for the minimum time.",
    ),
)


def list_tables(others: Sequence[str], networks: Sequence[str]) -> tuple[TableLayout, ...]:
    """The maps of a component; `others` it may depend on, `networks` it may join."""
    return (
        _env_table(),
        _ports_table(),
        _mounts_table(),
        _files_table(),
        _probes_table(),
        _dependencies_table(others),
        _networks_table(networks),
        _labels_table(),
        _engine_table(),
    )


def list_single_sections() -> tuple[SingleSection, ...]:
    return (BASICS, *_AFTER)


def _env_table() -> TableLayout:
    about = (
        "${NAME} inserts a parameter; $$ is a literal dollar sign. \"Passed on\" takes the value from the host; "
        "Docker targets do not pass values on."
    )
    return TableLayout(
        "env", "Environment", Cell(LEAD, "Variable", placeholder="LOG_LEVEL"), ENV_CELLS,
        "Add a variable", about, compact=True, entries=list_env_entries, join=join_env, wrong=find_env_faults,
    )  # fmt: skip


def _labels_table() -> TableLayout:
    return TableLayout(
        "labels", "Labels", Cell(LEAD, "Label", placeholder="com.example.team"), (Cell("value", "Value", CellKind.LONG),),
        "Add a label", compact=True, entries=entries_from_values, join=values_from_entries,
    )  # fmt: skip


def _ports_table() -> TableLayout:
    published = Cell("published", "Published as", placeholder="not published")
    return TableLayout(
        "ports", "Ports", Cell(LEAD, "Container port", placeholder="6379"),
        (published, *list_cells(PortOptions)), "Add a port",
        "Host port: 8080, 127.0.0.1:8080, or any for a free port. Empty: not published.",
        rare=frozenset({"name", "app_protocol"}), entries=list_port_entries, join=join_ports, key=build_port_key,
    )  # fmt: skip


def _mounts_table() -> TableLayout:
    source = {"placeholder": "data"}
    return TableLayout(
        "mounts", "Mounts", Cell(LEAD, "Container path", placeholder="/data"),
        list_cells(Mount, source=source, size={"placeholder": "64m"}), "Add a mount",
        "A volume name or a host path. A volume with a new name is created.",
        rare=frozenset({"size", "mode", "options"}), wrong=find_mount_faults,
    )  # fmt: skip


def _files_table() -> TableLayout:
    content = {"way": CellKind.BLOCK}
    return TableLayout(
        "config_files", "Config files", Cell(LEAD, "Container path", placeholder="/etc/app/app.conf"),
        list_cells(ConfigFile, content=content), "Add a file",
        "Copied into the container before it starts. The content of secret files is encrypted.",
        rare=frozenset({"encoding", "external", "mode", "uid", "gid"}), takes_files=True,
    )  # fmt: skip


def _probes_table() -> TableLayout:
    return TableLayout(
        "probes", "Probes", Cell(LEAD, "Kind", CellKind.CHOICE, choices=_KINDS), PROBE_CELLS, "Add a probe",
        "Health checks of the component.", rare=frozenset({"disabled", "start_period", "start_interval"}),
        entries=list_probe_entries, join=join_probes,
    )  # fmt: skip


def _dependencies_table(others: Sequence[str]) -> TableLayout:
    lead = Cell(LEAD, "Component", CellKind.CHOICE, choices=tuple((key, key) for key in others))
    return TableLayout(
        "depends_on",
        "Dependencies",
        lead,
        list_cells(Dependency),
        "Add a dependency",
        "Components that must start first.",
    )


def _networks_table(networks: Sequence[str]) -> TableLayout:
    aliases = {"help": "One a line."}
    about = (
        f"This application has {', '.join(networks)}." if networks else "Without networks, the default network is used."
    )
    return TableLayout(
        "networks", "Networks", Cell(LEAD, "Network"), list_cells(NetworkUse, aliases=aliases), "Add a network", about,
        rare=frozenset({"options"}),
    )  # fmt: skip


def _engine_table() -> TableLayout:
    return TableLayout(
        "engine", "Engine options", Cell(LEAD, "Option", placeholder="cap_add"), (Cell("value", "Value", CellKind.DATA),),
        "Add an option",
        f"Engine-specific options: {', '.join(KNOWN)}. Enter other options as YAML or JSON.",
        entries=entries_from_values, join=values_from_entries, cells_at=list_engine_cells,
    )  # fmt: skip


def add_current(table: TableLayout, before: JsonTree) -> TableLayout:
    """A table whose lead is chosen from a list, with what the document has already among the choices."""
    part = before.get(table.name)
    known = {value for value, _ in table.lead.choices}
    if not table.lead.choices or not isinstance(part, dict):
        return table
    more = tuple((key, key) for key in part if key not in known)
    return replace(table, lead=replace(table.lead, choices=(*table.lead.choices, *more)))
