"""The sections of a component's whole form, each with the fields of the document it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps_app.forms.component_fields.cells import Cell, Way, cells_of
from apps_app.forms.component_fields.tables import Table, of_values, to_values
from apps_app.forms.component_fields.tables_by_section import (
    ENV_CELLS,
    KNOWN,
    PROBE_CELLS,
    engine_cells,
    env_entries,
    env_faults,
    env_of,
    mount_faults,
    port_entries,
    port_key,
    ports_of,
    probe_entries,
    probes_of,
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
from templates_app.appspec.schema.serialize import Tree

LEAD = "at"
_DURATION = {"placeholder": "30s"}
_KINDS = tuple((kind, kind.capitalize()) for kind in ("liveness", "readiness", "startup"))


@dataclass(frozen=True, slots=True)
class Single:
    """Fields that are there once; `at` is the part they stand in, "" for the component itself."""

    name: str
    title: str
    cells: tuple[Cell, ...]
    at: str = ""
    about: str = ""

    def part(self, component: Tree) -> Tree:
        value = component.get(self.at, {}) if self.at else component
        return value if isinstance(value, dict) else {}


BASICS = Single(
    "basics",
    "Basics",
    cells_of(
        ComponentSpec,
        *("image", "name", "kind", "run", "command", "entrypoint", "user", "working_dir", "restart", "replicas"),
        *("network_mode", "data_compatible"),
        image={"placeholder": "redis:7.4"},
        name={"help": "For people; the key stays what others reach it under."},
        command={"help": "In place of the image's own; words as in a shell."},
        entrypoint={"help": "In place of the image's own; words as in a shell."},
        run={"help": "For a job: when it runs."},
        restart={"placeholder": "unless-stopped"},
        network_mode={"help": "host, none, or service: and a component; instead of networks."},
        data_compatible={"help": "This version reads the data that the one before it wrote."},
    ),
)
_AFTER = (
    Single("resources", "Resources", cells_of(Resources, memory_limit={"placeholder": "512m"}), "resources"),
    Single("stop", "Stop", cells_of(Stop, signal={"placeholder": "SIGTERM"}, grace=_DURATION), "stop"),
    Single(
        "health_gate",
        "Health gate",
        cells_of(HealthGate),
        "health_gate",
        "When it counts as good after a change: healthy within the deadline, and healthy for the minimum time.",
    ),
)


def tables(others: Sequence[str], networks: Sequence[str]) -> tuple[Table, ...]:
    """The maps of a component; `others` it may depend on, `networks` it may join."""
    return (_env(), _ports(), _mounts(), _files(), _probes(), _needs(others), _networks(networks), _labels(), _engine())


def singles() -> tuple[Single, ...]:
    return (BASICS, *_AFTER)


def _env() -> Table:
    about = (
        "${NAME} refers to a parameter; $$ is a dollar sign. Passed on: no value of its own, but what the host of a "
        "Compose file has; an engine passes nothing on."
    )
    return Table(
        "env", "Environment", Cell(LEAD, "Variable", placeholder="LOG_LEVEL"), ENV_CELLS,
        "Add a variable", about, compact=True, entries=env_entries, join=env_of, wrong=env_faults,
    )  # fmt: skip


def _labels() -> Table:
    return Table(
        "labels", "Labels", Cell(LEAD, "Label", placeholder="com.example.team"), (Cell("value", "Value", Way.LONG),),
        "Add a label", compact=True, entries=of_values, join=to_values,
    )  # fmt: skip


def _ports() -> Table:
    published = Cell("published", "Published as", placeholder="not published")
    return Table(
        "ports", "Ports", Cell(LEAD, "Port of the component", placeholder="6379"),
        (published, *cells_of(PortOptions)), "Add a port",
        "Published as 8080, 127.0.0.1:8080, or any for a free one. Empty: not published.",
        rare=frozenset({"name", "app_protocol"}), entries=port_entries, join=ports_of, key=port_key,
    )  # fmt: skip


def _mounts() -> Table:
    source = {"placeholder": "data"}
    return Table(
        "mounts", "Mounts", Cell(LEAD, "Path in the component", placeholder="/data"),
        cells_of(Mount, source=source, size={"placeholder": "64m"}), "Add a mount",
        "The source is a volume's name, or a path of the host. A volume of a new name is made.",
        rare=frozenset({"size", "mode", "options"}), wrong=mount_faults,
    )  # fmt: skip


def _files() -> Table:
    content = {"way": Way.BLOCK}
    return Table(
        "config_files", "Config files", Cell(LEAD, "Path in the component", placeholder="/etc/app/app.conf"),
        cells_of(ConfigFile, content=content), "Add a file",
        "Put into the component before it starts. What a secret file holds is sealed when it is saved.",
        rare=frozenset({"encoding", "external", "mode", "uid", "gid"}), takes_files=True,
    )  # fmt: skip


def _probes() -> Table:
    return Table(
        "probes", "Probes", Cell(LEAD, "Kind", Way.CHOICE, choices=_KINDS), PROBE_CELLS, "Add a probe",
        "How its health is checked.", rare=frozenset({"disabled", "start_period", "start_interval"}),
        entries=probe_entries, join=probes_of,
    )  # fmt: skip


def _needs(others: Sequence[str]) -> Table:
    lead = Cell(LEAD, "Component", Way.CHOICE, choices=tuple((key, key) for key in others))
    return Table("depends_on", "Dependencies", lead, cells_of(Dependency), "Add a dependency", "What it waits for.")


def _networks(networks: Sequence[str]) -> Table:
    aliases = {"help": "One a line."}
    about = f"This application has {', '.join(networks)}." if networks else "Without one it is in the default network."
    return Table(
        "networks", "Networks", Cell(LEAD, "Network"), cells_of(NetworkUse, aliases=aliases), "Add a network", about,
        rare=frozenset({"options"}),
    )  # fmt: skip


def _engine() -> Table:
    return Table(
        "engine", "Engine options", Cell(LEAD, "Option", placeholder="cap_add"), (Cell("value", "Value", Way.DATA),),
        "Add an option",
        f"What only the target's engine understands. Known are {', '.join(KNOWN)}; any other is YAML or JSON.",
        entries=of_values, join=to_values, cells_at=engine_cells,
    )  # fmt: skip


def with_current(table: Table, before: Tree) -> Table:
    """A table whose lead is chosen from a list, with what the document has already among the choices."""
    part = before.get(table.name)
    known = {value for value, _ in table.lead.choices}
    if not table.lead.choices or not isinstance(part, dict):
        return table
    more = tuple((key, key) for key in part if key not in known)
    return replace(table, lead=replace(table.lead, choices=(*table.lead.choices, *more)))
