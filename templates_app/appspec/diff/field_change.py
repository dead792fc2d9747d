"""One changed field of a document, and its description."""

import json
from enum import StrEnum
from typing import NamedTuple, TypeGuard

from pydantic import JsonValue

from templates_app.appspec.schema.errors import join_path
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.schema_tree import (
    get_component_schema,
    get_document_schema,
    get_label,
    get_spoken_label,
)

_LONGEST = 80
_SECTIONS = {"components": "component", "parameters": "parameter", "volumes": "volume", "networks": "network"}


class Symbol(StrEnum):
    """What happened to a field, as one character."""

    ADDED = "+"
    CHANGED = "~"
    REPLACED = "±"
    REMOVED = "−"
    UNCHANGED = "="

    @property
    def label(self) -> str:
        return self.name.lower()


class FieldChange(NamedTuple):
    """One field that differs. `path` starts at the document's root; `before` is None for an added field."""

    path: tuple[str, ...]
    symbol: Symbol
    before: JsonValue | None
    after: JsonValue | None
    impact: Impact

    @property
    def address(self) -> str:
        return join_path(self.path)

    @property
    def label(self) -> str:
        """The label of the field: "Environment LOG_LEVEL"."""
        return get_label(self.path)

    def describe(self) -> str:
        """ "image redis:7 → redis:8", "env LOG_LEVEL added: debug", "config files /etc/app.conf content changed"."""
        place = describe_path(self.path)
        if self.symbol is Symbol.REMOVED:
            return f"{place} removed"
        if self.path[0] == "components" and len(self.path) == 2:
            return f"{place} {self.symbol.label}"
        before, after = format_value(self.before), format_value(self.after)
        if self.symbol is Symbol.ADDED:
            return f"{place} added: {after}" if after and fits_on_line(after) else f"{place} added"
        return f"{place} {before} → {after}" if fits_on_line(before) and fits_on_line(after) else f"{place} changed"


def describe_path(path: tuple[str, ...]) -> str:
    """Return the path as the start of a sentence: "env LOG_LEVEL", "depends on db", "volume data driver"."""
    if path[0] == "components" and len(path) > 2:
        return " ".join(get_spoken_label(get_component_schema(), path[2:]))
    return " ".join(
        [_SECTIONS.get(path[0], path[0]), *get_spoken_label(get_document_schema().below(path[0]), path[1:])]
    )


def format_value(value: JsonValue | None) -> str:
    """Format a value of the document for people."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in ("", []):
        return "(empty)"
    if isinstance(value, str):
        return value
    if _is_flat(value):
        return " ".join(map(format_value, value))
    if isinstance(value, dict) and all(
        item == {} or _is_flat(item) or not isinstance(item, dict | list) for item in value.values()
    ):
        return ", ".join(f"{key} {format_value(item)}" if item != {} else key for key, item in value.items())
    return json.dumps(value, ensure_ascii=False)


def _is_flat(value: JsonValue) -> TypeGuard[list[JsonValue]]:
    return isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)


def fits_on_line(text: str) -> bool:
    """Return whether a text is short enough for one line."""
    return len(text) <= _LONGEST and "\n" not in text
