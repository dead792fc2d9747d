"""YAML text → plain data, with limits: size, depth, and the number of nodes once aliases are followed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from apps_app.formats.compose.errors import ComposeError, refuse
from apps_app.formats.compose.yaml_scalars import typed
from templates_app.appspec.schema.errors import Fault, dotted

MAX_BYTES = 8 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 100

type Place = tuple[str | int, ...]
type Tree = dict[str, JsonValue]

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "<<"
_CLEARING = {"!reset", "!override"}


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its data, the line of each place, and the places where it clears what it overrides."""

    file: str
    tree: Tree
    lines: dict[Place, int]
    cleared: frozenset[Place] = frozenset()

    def where(self, place: Place) -> str:
        """ "compose.yaml, line 12": the nearest place above that has a line."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.file}, line {self.lines.get(place, 1)}"


def load(file: str, content: bytes) -> list[Document]:
    """Every document of a YAML file. Raises ComposeError and nothing else."""
    text = _decoded(file, content)
    try:
        return list(_Builder(file, YAML(typ="safe", pure=True).parse(text)).documents())
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise refuse("", f"{file}{line}: this is not YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError, RecursionError, LookupError, AttributeError, TypeError) as error:
        if isinstance(error, ComposeError):
            raise
        item = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise refuse("", f"{file}: this is not YAML: {item}") from error


def _decoded(file: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise refuse("", f"{file} is larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("", f"{file} is not UTF-8 text (byte {error.start + 1})") from error


class _Reset:
    """Stands for a value tagged `!reset`."""


_RESET: Any = _Reset()


@dataclass
class _Builder:
    file: str
    events: Iterator[Event]
    lines: dict[Place, int] = field(default_factory=dict)
    anchors: dict[str, tuple[JsonValue, int]] = field(default_factory=dict)
    cleared: set[Place] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    nodes: int = 0

    def documents(self) -> Iterator[Document]:
        for event in self.events:
            if not isinstance(event, DocumentStartEvent):
                continue
            self.lines, self.anchors, self.cleared = {}, {}, set()
            tree = self._value(next(self.events), ())
            if self.faults:
                raise ComposeError(self.faults)
            if tree is None:
                continue
            if not isinstance(tree, dict):
                raise refuse("", f"{self.file}: the top level must be a map of keys such as services")
            yield Document(self.file, tree, self.lines, frozenset(self.cleared))

    def _value(self, event: Event, at: Place) -> JsonValue:
        self._count(1, event)
        if len(at) > MAX_DEPTH:
            raise self._refused(event, f"it is nested deeper than {MAX_DEPTH} levels")
        self.lines.setdefault(at, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        before = self.nodes
        value = self._node(event, at)
        tag = str(getattr(event, "tag", "") or "")
        if tag in _CLEARING:
            self.cleared.add(at)
            value = _RESET if tag == "!reset" else value
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = (value, self.nodes - before + 1)
        return value

    def _node(self, event: Event, at: Place) -> JsonValue:
        match event:
            case MappingStartEvent():
                return self._mapping(at)
            case SequenceStartEvent():
                return self._sequence(at)
            case ScalarEvent():
                quoted = event.style is not None or str(event.tag or "") == _TEXT
                return event.value if quoted else typed(event.value)
        raise self._refused(event, "it ends too early")

    def _alias(self, event: AliasEvent) -> JsonValue:
        if event.anchor not in self.anchors:
            raise self._refused(event, f"'*{event.anchor}' refers to no anchor that ends before it")
        value, size = self.anchors[event.anchor]
        self._count(size, event)
        return value

    def _sequence(self, at: Place) -> list[JsonValue]:
        result: list[JsonValue] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            result.append(self._value(event, (*at, len(result))))
        return [value for value in result if value is not _RESET]

    def _mapping(self, at: Place) -> Tree:
        own: Tree = {}
        merged: list[Tree] = []
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self._key(event, at)
            value = self._value(next(self.events), (*at, key))
            if key == _MERGE and isinstance(event, ScalarEvent) and event.style is None:
                merged.extend(self._merged(value, event))
            elif key in own:
                self._fault((*at, key), f"is there twice ({self.file}, line {event.start_mark.line + 1})")
            else:
                own[key] = value
        for base in merged:
            own = own | {key: value for key, value in base.items() if key not in own}
        return {key: value for key, value in own.items() if value is not _RESET}

    def _merged(self, value: JsonValue, event: Event) -> list[Tree]:
        result = value if isinstance(value, list) else [value]
        maps = [item for item in result if isinstance(item, dict)]
        if len(maps) != len(result):
            raise self._refused(event, "'<<' merges maps only")
        return maps

    def _key(self, event: Event, at: Place) -> str:
        self._count(1, event)
        value: object = self.anchors.get(event.anchor, (None, 0))[0] if isinstance(event, AliasEvent) else None
        if isinstance(event, ScalarEvent):
            quoted = event.style is not None or str(event.tag or "") == _TEXT
            value = event.value if quoted else typed(event.value)
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
        if not isinstance(value, str):
            line = event.start_mark.line + 1
            raise refuse(dotted(at), f"a key must be text; put it in quotes ({self.file}, line {line})")
        return value

    def _count(self, more: int, event: Event) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise self._refused(event, f"it holds more than {MAX_NODES:,} values once its aliases are followed")

    def _fault(self, at: Place, message: str) -> None:
        self.faults.append(Fault(dotted(at), message))

    def _refused(self, event: Event, message: str) -> ComposeError:
        return refuse("", f"{self.file}, line {event.start_mark.line + 1}: {message}")
