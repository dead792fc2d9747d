"""Variables as rows: a value, which may be empty, or none at all: what the host has is passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from apps_app.forms.rows import PASSED_ON, VALUE_OR_PASSED_ON, name_fault
from apps_app.forms.spec.cells import Cell, Way
from apps_app.forms.spec.tables import Entry
from templates_app.spec.dump import Tree

ENV_CELLS = (Cell("value", "Value", Way.LONG), Cell("passed_on", PASSED_ON, Way.TICK, False))


def env_entries(value: Mapping[str, JsonValue]) -> list[Entry]:
    return [Entry(name, {"value": one or "", "passed_on": one is None}) for name, one in value.items()]


def env_of(entries: Iterable[Entry]) -> Tree:
    return {one.lead: None if one.record.get("passed_on") else one.record["value"] for one in entries}


def env_faults(record: Tree) -> dict[str, str]:
    """By cell."""
    of_name = name_fault(str(record.get("at", "")).strip())
    of_value = VALUE_OR_PASSED_ON if record.get("passed_on") and record.get("value") else ""
    return {cell: fault for cell, fault in (("at", of_name), ("value", of_value)) if fault}
