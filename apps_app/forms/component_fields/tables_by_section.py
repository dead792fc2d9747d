"""Ports as rows: one for each address at which a port is published, or one that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from apps_app.forms.component_fields.cells import Cell, Way, cells_of
from apps_app.forms.component_fields.tables import Entry
from apps_app.forms.component_rows import ANY, PASSED_ON, VALUE_OR_PASSED_ON, name_fault
from templates_app.appspec.schema.component import HttpCheck, Probe
from templates_app.appspec.schema.scalars import IN_WORDS, KEY_PATTERN
from templates_app.appspec.schema.serialize import Tree


def port_entries(value: Mapping[str, JsonValue]) -> list[Entry]:
    result = []
    for port, bindings in value.items():
        options = bindings if isinstance(bindings, dict) else {}
        result += [Entry(port, {"published": at or ANY, **_tree(item)}) for at, item in options.items()]
        result += [] if options else [Entry(port, {})]
    return result


def ports_of(entries: Iterable[Entry]) -> Tree:
    ports: dict[str, dict[str, JsonValue]] = {}
    for entry in entries:
        bindings = ports.setdefault(entry.lead, {})
        published = entry.record.get("published")
        if isinstance(published, str) and published:
            rest = {name: value for name, value in entry.record.items() if name != "published"}
            bindings["" if published == ANY else published] = rest
    return dict(ports)


def port_key(text: str) -> str:
    """ "80" is 80/tcp."""
    text = text.strip()
    return f"{int(text)}/tcp" if re.fullmatch(r"[0-9]{1,5}", text) else text


def _tree(value: JsonValue) -> Tree:
    return value if isinstance(value, dict) else {}


ENV_CELLS = (Cell("value", "Value", Way.LONG), Cell("passed_on", PASSED_ON, Way.TICK, False))


def env_entries(value: Mapping[str, JsonValue]) -> list[Entry]:
    return [Entry(name, {"value": item or "", "passed_on": item is None}) for name, item in value.items()]


def env_of(entries: Iterable[Entry]) -> Tree:
    return {entry.lead: None if entry.record.get("passed_on") else entry.record["value"] for entry in entries}


def env_faults(record: Tree) -> dict[str, str]:
    """By cell."""
    of_name = name_fault(str(record.get("at", "")).strip())
    of_value = VALUE_OR_PASSED_ON if record.get("passed_on") and record.get("value") else ""
    return {cell: fault for cell, fault in (("at", of_name), ("value", of_value)) if fault}


def mount_faults(record: Tree) -> dict[str, str]:
    """By cell."""
    fault = _source_fault(record.get("source")) if record.get("kind") == "volume" else ""
    return {"source": fault} if fault else {}


def _source_fault(source: object) -> str:
    if not isinstance(source, str) or not source or "$" in source:
        return ""
    if source.startswith(("/", "./", "../", "~")):
        return f"'{source}' is a path of the host: choose the kind Host."
    return "" if re.fullmatch(KEY_PATTERN, source) else f"'{source}' is no volume name: {IN_WORDS[KEY_PATTERN]}."


_TESTS = ("command", "shell", "http", "tcp")
_WORDS = {"command": "Command", "shell": "Shell command", "http": "HTTP request", "tcp": "TCP port"}
_ASKED = Cell("asked", "Check", Way.CHOICE, "", (("", "None"), *_WORDS.items()))
_HTTP = tuple(
    replace(cell, name=f"http_{cell.name}", label=f"HTTP {cell.label.lower()}") for cell in cells_of(HttpCheck)
)
_TIMES = ("interval", "timeout", "retries", "start_period", "start_interval")
PROBE_CELLS = (
    _ASKED,
    *cells_of(Probe, "command", "shell"),
    *_HTTP,
    *cells_of(Probe, "tcp", *_TIMES, "disabled", interval={"placeholder": "10s"}),
)


def probe_entries(value: Mapping[str, JsonValue]) -> list[Entry]:
    return [Entry(kind, _flat(item)) for kind, item in value.items() if isinstance(item, dict)]


def probes_of(entries: Iterable[Entry]) -> Tree:
    return {entry.lead: _whole(entry.record) for entry in entries}


def _flat(probe: Tree) -> Tree:
    requested = next((test for test in _TESTS if probe.get(test) is not None), "")
    http = probe.get("http")
    inside = {f"http_{name}": value for name, value in http.items()} if isinstance(http, dict) else {}
    return {"asked": requested, **inside, **{name: value for name, value in probe.items() if name != "http"}}


def _whole(record: Tree) -> Tree:
    """Only what was chosen is asked; what was typed for another check is left."""
    probe: Tree = {name: record[name] for name in (*_TIMES, "disabled") if name in record}
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


def engine_cells(name: str, record: Tree) -> tuple[Cell, ...]:
    """The input of an option by its name, unless its value is of another type than is usual."""
    value = record.get("value")
    cell = Cell("value", "Value", Way.DATA, None)
    if name in _TICKS and (value is None or isinstance(value, bool)):
        cell = YesNo("value", "Value", Way.CHOICE, True, _YES_NO)
    elif name in _LINES and _are_lines(value):
        cell = Cell("value", "Value", Way.LINES, [], help="One a line.")
    elif name in _TEXTS and (value is None or isinstance(value, str)):
        cell = Cell("value", "Value", Way.TEXT, "")
    return (cell,)


def _are_lines(value: JsonValue) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(item, str) and item == item.strip() and item for item in value)
