from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from apps_app.forms.component_fields.cells import Cell, CellKind, list_cells
from apps_app.forms.component_fields.tables import TableEntry
from apps_app.forms.component_rows import ANY, PASSED_ON, VALUE_OR_PASSED_ON, find_name_fault
from templates_app.appspec.schema.component import HttpProbe, Probe
from templates_app.appspec.schema.scalars import IN_WORDS, KEY_PATTERN
from templates_app.appspec.schema.serialize import JsonTree


def list_port_entries(value: Mapping[str, JsonValue]) -> list[TableEntry]:
    result = []
    for port, bindings in value.items():
        options = bindings if isinstance(bindings, dict) else {}
        result += [TableEntry(port, {"published": at or ANY, **_as_tree(item)}) for at, item in options.items()]
        result += [] if options else [TableEntry(port, {})]
    return result


def join_ports(entries: Iterable[TableEntry]) -> JsonTree:
    ports: dict[str, dict[str, JsonValue]] = {}
    for entry in entries:
        bindings = ports.setdefault(entry.lead, {})
        published = entry.record.get("published")
        if isinstance(published, str) and published:
            rest = {name: value for name, value in entry.record.items() if name != "published"}
            bindings["" if published == ANY else published] = rest
    return dict(ports)


def build_port_key(text: str) -> str:
    """ "80" is 80/tcp."""
    text = text.strip()
    return f"{int(text)}/tcp" if re.fullmatch(r"[0-9]{1,5}", text) else text


def _as_tree(value: JsonValue) -> JsonTree:
    return value if isinstance(value, dict) else {}


ENV_CELLS = (Cell("value", "Value", CellKind.LONG), Cell("passed_on", PASSED_ON, CellKind.TICK, False))


def list_env_entries(value: Mapping[str, JsonValue]) -> list[TableEntry]:
    return [TableEntry(name, {"value": item or "", "passed_on": item is None}) for name, item in value.items()]


def join_env(entries: Iterable[TableEntry]) -> JsonTree:
    return {entry.lead: None if entry.record.get("passed_on") else entry.record["value"] for entry in entries}


def find_env_faults(record: JsonTree) -> dict[str, str]:
    """By cell."""
    of_name = find_name_fault(str(record.get("at", "")).strip())
    of_value = VALUE_OR_PASSED_ON if record.get("passed_on") and record.get("value") else ""
    return {cell: fault for cell, fault in (("at", of_name), ("value", of_value)) if fault}


def find_mount_faults(record: JsonTree) -> dict[str, str]:
    """By cell."""
    fault = _find_source_fault(record.get("source")) if record.get("kind") == "volume" else ""
    return {"source": fault} if fault else {}


def _find_source_fault(source: object) -> str:
    if not isinstance(source, str) or not source or "$" in source:
        return ""
    if source.startswith(("/", "./", "../", "~")):
        return f"'{source}' is a host path. Choose the kind Host."
    return (
        "" if re.fullmatch(KEY_PATTERN, source) else f"'{source}' is not a valid volume name: {IN_WORDS[KEY_PATTERN]}."
    )


_TESTS = ("command", "shell", "http", "tcp")
_WORDS = {"command": "Command", "shell": "Shell command", "http": "HTTP request", "tcp": "TCP port"}
_ASKED = Cell("asked", "Check", CellKind.CHOICE, "", (("", "None"), *_WORDS.items()))
_HTTP = tuple(
    replace(item, name=f"http_{item.name}", label=f"HTTP {item.label.lower()}") for item in list_cells(HttpProbe)
)
_TIMES = ("interval", "timeout", "retries", "start_period", "start_interval")
PROBE_CELLS = (
    _ASKED,
    *list_cells(Probe, "command", "shell"),
    *_HTTP,
    *list_cells(Probe, "tcp", *_TIMES, "disabled", interval={"placeholder": "10s"}),
)


def list_probe_entries(value: Mapping[str, JsonValue]) -> list[TableEntry]:
    return [TableEntry(kind, _flatten(item)) for kind, item in value.items() if isinstance(item, dict)]


def join_probes(entries: Iterable[TableEntry]) -> JsonTree:
    return {entry.lead: _unflatten(entry.record) for entry in entries}


def _flatten(probe: JsonTree) -> JsonTree:
    requested = next((literal for literal in _TESTS if probe.get(literal) is not None), "")
    http = probe.get("http")
    inside = {f"http_{name}": value for name, value in http.items()} if isinstance(http, dict) else {}
    return {"asked": requested, **inside, **{name: value for name, value in probe.items() if name != "http"}}


def _unflatten(record: JsonTree) -> JsonTree:
    """Only what was chosen is asked; what was typed for another check is left."""
    probe: JsonTree = {name: record[name] for name in (*_TIMES, "disabled") if name in record}
    match record.get("asked"):
        case "http":
            probe["http"] = {cell.name[5:]: record.get(cell.name, cell.empty) for cell in _HTTP}
        case "command" | "shell" | "tcp" as asked:
            value = record.get(asked)
            probe[asked] = ([] if asked == "command" else "") if value is None else value
    return probe


_LINES = (
    *("cap_add", "cap_drop", "devices", "device_cgroup_rules", "dns", "dns_opt", "dns_search", "group_add", "links"),
    *("profiles", "security_opt", "volumes_from", "external_links"),
)
_TEXTS = (
    *("cgroup", "cgroup_parent", "cpuset", "domainname", "hostname", "ipc", "isolation", "mac_address", "pid"),
    *("platform", "pull_policy", "runtime", "shm_size", "userns_mode", "uts"),
)
_TICKS = ("init", "oom_kill_disable", "privileged", "stdin_open", "tty")
KNOWN = tuple(sorted((*_LINES, *_TEXTS, *_TICKS, "extra_hosts", "logging", "sysctls", "ulimits", "tmpfs")))
_YES_NO = (("true", "Yes"), ("false", "No"))


class YesNo(Cell):
    """A yes or no that is always said: it is the option's whole value."""

    def write(self, value: JsonValue) -> str | bool:
        return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else super().write(value)

    def read(self, typed: str | bool, before: JsonValue) -> JsonValue:
        read = super().read(typed, before)
        return {"true": True, "false": False}.get(read, read) if isinstance(read, str) else read


def list_engine_cells(name: str, record: JsonTree) -> tuple[Cell, ...]:
    """The input of an option by its name, unless its value is of another type than is usual."""
    value = record.get("value")
    cell = Cell("value", "Value", CellKind.DATA, None)
    if name in _TICKS and (value is None or isinstance(value, bool)):
        cell = YesNo("value", "Value", CellKind.CHOICE, True, _YES_NO)
    elif name in _LINES and _are_lines(value):
        cell = Cell("value", "Value", CellKind.LINES, [], help="One a line.")
    elif name in _TEXTS and (value is None or isinstance(value, str)):
        cell = Cell("value", "Value", CellKind.TEXT, "")
    return (cell,)


def _are_lines(value: JsonValue) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(item, str) and item == item.strip() and item for item in value)
