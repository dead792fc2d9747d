"""One field of a comparison as a page shows it; long texts line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff

from templates_app.appspec.schema.schema_tree import label
from upgrades_app.engine.inputs.plan_rows import FieldRow

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
    def own(self) -> bool:
        return self.row.source.startswith("yours")

    @property
    def left_out(self) -> bool:
        """It stays taken out here: there is nothing on either side."""
        return not self.row.changes and self.row.before is None and self.row.after is None

    @property
    def impact(self) -> str:
        return self.row.impact.name.lower()


def line_of(row: FieldRow) -> FieldLine:
    if row.path[:1] == ("parameters",):
        return FieldLine(row, "Secret" if row.label.startswith("secret ") else "", row.path[-1])
    if row.path[0] != "components":
        return FieldLine(row, *_defined(row.path))
    name, detail, rest = _named(row.path)
    lines = text_lines(row.before or "", row.after or "") if row.changes else ()
    return FieldLine(row, name, detail, rest, lines)


def _named(path: tuple[str, ...]) -> tuple[str, str, str]:
    """The field in words, the key inside it that is code, and what follows: ("Ports", "80/tcp", "8080")."""
    field, key, text = label(path[:3]), label(path[:4]), label(path)
    return field, key.removeprefix(field).strip(), text.removeprefix(key).strip()


def _defined(path: tuple[str, ...]) -> tuple[str, str, str]:
    """("Volume", "cache", "Driver")"""
    text, key = label(path[:2]), path[1]
    return text.removesuffix(key).strip(), key, label(path).removeprefix(text).strip()


def text_lines(before: str, after: str) -> tuple[TextLine, ...]:
    if "\n" not in before and "\n" not in after:
        return ()
    diff = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    cut = diff[:LONG] + ([f"@@ {len(diff) - LONG} more lines"] if len(diff) > LONG else [])
    return tuple(TextLine(text, _CLASSES.get(text[:1], "")) for text in cut)


_CLASSES = {"+": "line-new", "-": "line-removed", "@": "line-at"}
