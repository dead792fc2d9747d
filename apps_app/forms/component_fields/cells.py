"""One value of the document as one input: which one, and how it is written into it and read back, says the model."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from apps_app.formats.compose.errors import ComposeError
from apps_app.formats.compose.yaml_loader import load
from templates_app.appspec.schema.field_meta import Is
from templates_app.appspec.schema.scalars import Size, bytes_of

type Typed = str | bool

_UNITS = ((1024**3, "g"), (1024**2, "m"), (1024, "k"))
_LONGEST = 256 * 1024


class Way(Enum):
    """How a value stands in its input."""

    TEXT = auto()
    LONG = auto()
    BLOCK = auto()
    TICK = auto()
    CHOICE = auto()
    WORDS = auto()
    LINES = auto()
    SIZE = auto()
    DATA = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """`empty` is the value where nothing is typed."""

    name: str
    label: str
    way: Way = Way.TEXT
    empty: JsonValue = ""
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    placeholder: str = ""

    def write(self, value: JsonValue) -> Typed:
        """The value as its input shows it."""
        if self.way is Way.TICK and isinstance(value, bool):
            return value
        if value is None or value in ([], {}):
            return ""
        if self.way is Way.WORDS and isinstance(value, list):
            return shlex.join(map(str, value))
        if self.way is Way.LINES and isinstance(value, list):
            return "\n".join(map(str, value))
        if self.way is Way.SIZE and isinstance(value, int):
            return _size(value)
        return value if isinstance(value, str) and self.way is not Way.DATA else _json(value)

    def read(self, typed: Typed, before: JsonValue) -> JsonValue:
        """What was typed as a value; what still reads as `before` is that. Raises ValueError."""
        if isinstance(typed, bool) or _lines(typed) == _lines(self.write(before)):
            return typed if isinstance(typed, bool) else before
        text = _lines(typed)
        if not text.strip() and self.way not in (Way.LONG, Way.BLOCK):
            return self.empty
        return self._value(str(text))

    def _value(self, text: str) -> JsonValue:
        match self.way:
            case Way.LONG | Way.BLOCK:
                return text
            case Way.WORDS:
                return [*_words(text)]
            case Way.LINES:
                return [line.strip() for line in text.split("\n") if line.strip()]
            case Way.SIZE:
                return text if "$" in text else bytes_of(text)
            case Way.DATA:
                return read_data(text)
        return text.strip()

    def field(self, before: JsonValue, typed: str = "") -> forms.Field:
        """The input, showing `before`, with room for what was typed."""
        shown = self.write(before)
        common: dict[str, Any] = {"required": False, "label": self.label, "help_text": self.help, "initial": shown}
        if self.way is Way.TICK and isinstance(shown, bool):
            return forms.BooleanField(**common)
        if self.way is Way.CHOICE:
            choices = self.choices
            if shown not in dict(choices):
                choices = (("", "Not said"), *choices) if not shown else ((str(shown), str(shown)), *choices)
            return forms.ChoiceField(choices=choices, **common)
        attrs = {"class": "code", "placeholder": self.placeholder}
        long = self.way in (Way.BLOCK, Way.LINES, Way.DATA) or any(name in f"{shown}{typed}" for name in "\r\n")
        rows = 8 if self.way is Way.BLOCK else 2
        widget = forms.Textarea(attrs={**attrs, "rows": rows}) if long else forms.TextInput(attrs=attrs)
        return forms.CharField(strip=False, widget=widget, **common)


def cells_of(model: type[BaseModel], *names: str, **said: dict[str, Any]) -> tuple[Cell, ...]:
    """The cells of a part of the document, all or those named; `said` sets more of one."""
    return tuple(
        replace(_cell(name, model.model_fields[name]), **said.get(name, {})) for name in names or model.model_fields
    )


def read_data(text: str) -> JsonValue:
    """YAML or JSON text as plain data. Raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError("this is too long")
    try:
        documents = load("this text", f"value:\n{textwrap.indent(text, '  ')}\n".encode())
    except ComposeError as error:
        raise ValueError("; ".join(fault.message for fault in error.faults)) from error
    return documents[0].tree["value"] if documents else None


def _cell(name: str, info: FieldInfo) -> Cell:
    result = list(_parts(info.annotation, tuple(info.metadata)))
    label = next((item.label for item in result if isinstance(item, Is)), name)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    empty: JsonValue = list(default) if isinstance(default, tuple) else default
    cell = Cell(name, label, empty="" if info.is_required() else empty)
    optional = type(None) in result
    literal = next((item for item in result if get_origin(item) is Literal), None)
    if literal is not None:
        choices = tuple((arg, arg.replace("_", " ").capitalize()) for arg in get_args(literal))
        return replace(cell, way=Way.CHOICE, choices=((("", "Not said"),) if optional else ()) + choices)
    if bool in result and optional:
        return replace(cell, way=Way.CHOICE, choices=(("", "Not said"), ("true", "Yes"), ("false", "No")))
    return replace(cell, way=_way(result, optional=optional))


def _way(result: list[object], *, optional: bool) -> Way:
    if bool in result:
        return Way.TICK
    if any(get_origin(item) is tuple for item in result):
        return Way.WORDS if optional else Way.LINES
    if any(item is JsonValue or isinstance(get_origin(item), type) for item in result):
        return Way.DATA
    return Way.SIZE if get_args(Size)[1] in result else Way.TEXT


def _parts(annotation: object, metadata: tuple[object, ...]) -> Iterator[object]:
    """The plain types that an annotation is made of, and what stands beside them."""
    yield from metadata
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *more = get_args(annotation)
        yield from _parts(base, tuple(more))
    elif origin in (UnionType, Union):
        for arg in get_args(annotation):
            yield from _parts(arg, ())
    else:
        yield annotation


def _lines(typed: Typed) -> str:
    return typed.replace("\r\n", "\n").replace("\r", "\n") if isinstance(typed, str) else ""


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"cannot be read: {str(error).lower()}") from error


def _size(number: int) -> str:
    return next((f"{number // unit}{name}" for unit, name in _UNITS if number and number % unit == 0), str(number))


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict | list) else json.dumps(value)
