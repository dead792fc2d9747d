"""One difference between two documents, which speaks for itself."""

import json
from enum import StrEnum
from typing import NamedTuple, TypeGuard

from pydantic import JsonValue

from templates_app.appspec.schema.errors import dotted
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.schema_tree import component_shape, document_shape, label, spoken

_LONGEST = 80
_SECTIONS = {"components": "component", "parameters": "parameter", "volumes": "volume", "networks": "network"}


class Symbol(StrEnum):
    """What happened, in one character."""

    ADDED = "+"
    CHANGED = "~"
    REPLACED = "±"
    REMOVED = "−"
    UNCHANGED = "="

    @property
    def word(self) -> str:
        return self.name.lower()


class FieldChange(NamedTuple):
    """One place that differs. `path` starts at the document's root; `before` is None where it was added."""

    path: tuple[str, ...]
    symbol: Symbol
    before: JsonValue | None
    after: JsonValue | None
    impact: Impact

    @property
    def address(self) -> str:
        return dotted(self.path)

    @property
    def label(self) -> str:
        """The place in people's words: "Environment LOG_LEVEL"."""
        return label(self.path)

    def sentence(self) -> str:
        """ "image redis:7 → redis:8", "env LOG_LEVEL added: debug", "config files /etc/app.conf content changed"."""
        place = words(self.path)
        if self.symbol is Symbol.REMOVED:
            return f"{place} removed"
        if self.path[0] == "components" and len(self.path) == 2:
            return f"{place} {self.symbol.word}"
        before, after = shown(self.before), shown(self.after)
        if self.symbol is Symbol.ADDED:
            return f"{place} added: {after}" if after and fits(after) else f"{place} added"
        return f"{place} {before} → {after}" if fits(before) and fits(after) else f"{place} changed"


def words(path: tuple[str, ...]) -> str:
    """The place as a sentence begins: "env LOG_LEVEL", "depends on db", "volume data driver"."""
    if path[0] == "components" and len(path) > 2:
        return " ".join(spoken(component_shape(), path[2:]))
    return " ".join([_SECTIONS.get(path[0], path[0]), *spoken(document_shape().below(path[0]), path[1:])])


def shown(value: JsonValue | None) -> str:
    """A value of the document for people to read."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in ("", []):
        return "(empty)"
    if isinstance(value, str):
        return value
    if _is_flat(value):
        return " ".join(map(shown, value))
    if isinstance(value, dict) and all(
        item == {} or _is_flat(item) or not isinstance(item, dict | list) for item in value.values()
    ):
        return ", ".join(f"{key} {shown(item)}" if item != {} else key for key, item in value.items())
    return json.dumps(value, ensure_ascii=False)


def _is_flat(value: JsonValue) -> TypeGuard[list[JsonValue]]:
    return isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)


def fits(text: str) -> bool:
    """Whether a sentence has room for it."""
    return len(text) <= _LONGEST and "\n" not in text
