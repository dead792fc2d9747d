"""Probes as rows: what is asked is one choice, and what it is asked with stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from apps_app.forms.spec.cells import Cell, Way, cells_of
from apps_app.forms.spec.tables import Entry
from templates_app.spec.component import HttpCheck, Probe
from templates_app.spec.dump import Tree

_TESTS = ("command", "shell", "http", "tcp")
_WORDS = {"command": "Command", "shell": "Shell command", "http": "HTTP request", "tcp": "TCP port"}
_ASKED = Cell("asked", "Check", Way.CHOICE, "", (("", "None"), *_WORDS.items()))
_HTTP = tuple(replace(one, name=f"http_{one.name}", label=f"HTTP {one.label.lower()}") for one in cells_of(HttpCheck))
_TIMES = ("interval", "timeout", "retries", "start_period", "start_interval")
PROBE_CELLS = (
    _ASKED,
    *cells_of(Probe, "command", "shell"),
    *_HTTP,
    *cells_of(Probe, "tcp", *_TIMES, "disabled", interval={"placeholder": "10s"}),
)


def probe_entries(value: Mapping[str, JsonValue]) -> list[Entry]:
    return [Entry(kind, _flat(one)) for kind, one in value.items() if isinstance(one, dict)]


def probes_of(entries: Iterable[Entry]) -> Tree:
    return {one.lead: _whole(one.record) for one in entries}


def _flat(probe: Tree) -> Tree:
    asked = next((one for one in _TESTS if probe.get(one) is not None), "")
    http = probe.get("http")
    inside = {f"http_{name}": one for name, one in http.items()} if isinstance(http, dict) else {}
    return {"asked": asked, **inside, **{name: one for name, one in probe.items() if name != "http"}}


def _whole(record: Tree) -> Tree:
    """Only what was chosen is asked; what was typed for another check is left."""
    probe: Tree = {name: record[name] for name in (*_TIMES, "disabled") if name in record}
    match record.get("asked"):
        case "http":
            probe["http"] = {one.name[5:]: record.get(one.name, one.empty) for one in _HTTP}
        case "command" | "shell" | "tcp" as asked:
            value = record.get(asked)
            probe[asked] = ([] if asked == "command" else "") if value is None else value
    return probe
