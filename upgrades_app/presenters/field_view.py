"""View model of one field of a comparison, with the line diff of long texts."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff

from templates_app.appspec.schema.schema_tree import get_label
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.presenters.messages import describe_after, describe_row_provenance, get_field_label

LONG = 400
"""More lines than this of one text are not shown."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a file's comparison; `css` is its class."""

    text: str
    css: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a card."""

    row: FieldRow
    name: str
    detail: str
    rest: str = ""
    lines: tuple[TextLine, ...] = ()

    @property
    def after(self) -> str | None:
        return describe_after(self.row)

    @property
    def label(self) -> str:
        return get_field_label(self.row)

    @property
    def provenance(self) -> str:
        return describe_row_provenance(self.row)

    @property
    def is_own(self) -> bool:
        return self.row.provenance.kind.is_local

    @property
    def is_left_out(self) -> bool:
        """It stays taken out here: there is nothing on either side."""
        return not self.row.changes and self.row.before is None and self.after is None

    @property
    def impact(self) -> str:
        return self.row.impact.name.lower()


def build_field_line(row: FieldRow) -> FieldLine:
    if row.path[:1] == ("parameters",):
        return FieldLine(row, "Secret" if row.is_component_secret else "", row.path[-1])
    if row.path[0] != "components":
        return FieldLine(row, *_describe_definition(row.path))
    name, detail, rest = _split_name(row.path)
    lines = diff_text_lines(row.before or "", row.after or "") if row.changes else ()
    return FieldLine(row, name, detail, rest, lines)


def _split_name(path: tuple[str, ...]) -> tuple[str, str, str]:
    """The field in words, the key inside it that is code, and what follows: ("Ports", "80/tcp", "8080")."""
    field, key, text = get_label(path[:3]), get_label(path[:4]), get_label(path)
    return field, key.removeprefix(field).strip(), text.removeprefix(key).strip()


def _describe_definition(path: tuple[str, ...]) -> tuple[str, str, str]:
    """("Volume", "cache", "Driver")"""
    text, key = get_label(path[:2]), path[1]
    return text.removesuffix(key).strip(), key, get_label(path).removeprefix(text).strip()


def diff_text_lines(before: str, after: str) -> tuple[TextLine, ...]:
    if "\n" not in before and "\n" not in after:
        return ()
    diff = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    cut = diff[:LONG] + ([f"@@ {len(diff) - LONG} more lines"] if len(diff) > LONG else [])
    return tuple(TextLine(text, _CLASSES.get(text[:1], "")) for text in cut)


_CLASSES = {"+": "line-new", "-": "line-removed", "@": "line-at"}
