"""Three-way merge of plain values, with a decision for every path that differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Literal, NamedTuple

from pydantic import JsonValue

from templates_app.appspec.schema.errors import join_path
from templates_app.appspec.schema.schema_tree import SchemaNode, get_label
from templates_app.appspec.schema.serialize import JsonTree

type Path = tuple[str, ...]
type SideChoice = Literal["ours", "theirs"]
type SideName = Literal["base", "ours", "theirs", "result"]


class Absent(Enum):
    """Marks a missing value; null is a value."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
type PlainSide = JsonValue | Absent


class MergeSource(StrEnum):
    """Where a merged value came from."""

    UNCHANGED = "unchanged"
    TEMPLATE = "template"
    LOCAL = "local"
    SAME = "same"
    CONFLICT = "conflict"
    CHOSEN = "chosen"
    QUESTION = "question"
    """A component that theirs dropped, and nobody has said yet whether it goes."""


class MergeDecision(NamedTuple):
    """The decision for one path that is not equal on all sides. `absent` names the sides without it."""

    path: Path
    source: MergeSource
    base: JsonValue
    ours: JsonValue
    theirs: JsonValue
    result: JsonValue
    absent: frozenset[SideName] = frozenset()

    @property
    def id(self) -> str:
        """The dotted path, which answers of conflicts refer to."""
        return join_path(self.path)

    @property
    def label(self) -> str:
        return get_label(self.path)


@dataclass
class ThreeWayMerger:
    """Merges path by path and records decisions. `needed` are paths that are kept although theirs dropped them."""

    choices: Mapping[str, SideChoice]
    needed: frozenset[Path] = frozenset()
    decisions: list[MergeDecision] = field(default_factory=list)

    def merged(self, path: Path, base: JsonTree, ours: JsonTree, theirs: JsonTree, shape: SchemaNode) -> JsonTree:
        """Merge one map or record."""
        result = dict(ours)
        for name in _differing_keys(base, ours, theirs):
            sides = (base.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT))
            below = shape.below(name)
            chosen = self._entry((*path, name), *sides, below, in_record=shape.is_record)
            if chosen is ABSENT or (chosen == {} and shape.is_record and not below.is_leaf):
                result.pop(name, None)
            else:
                result[name] = chosen
        return result

    def merge(
        self, path: Path, base: PlainSide, ours: PlainSide, theirs: PlainSide, default: JsonValue = None
    ) -> PlainSide:
        """Merge one atomic value; the result of an open conflict is ours."""
        source, result = self._judged(path, base, ours, theirs)
        self.add_decision(path, source, (base, ours, theirs, result), default)
        return result

    def add_decision(
        self,
        path: Path,
        source: MergeSource,
        sides: tuple[PlainSide, PlainSide, PlainSide, PlainSide],
        default: JsonValue = None,
    ) -> None:
        """Record a decision that was made elsewhere; `sides` are base, ours, theirs and the result."""
        base, ours, theirs, result = (default if side is ABSENT else side for side in sides)
        absent = _list_absent(sides) if ABSENT in sides and default in (None, "", []) else _NONE_ABSENT
        self.decisions.append(MergeDecision(path, source, base, ours, theirs, result, absent))

    def _entry(
        self, path: Path, base: PlainSide, ours: PlainSide, theirs: PlainSide, shape: SchemaNode, *, in_record: bool
    ) -> PlainSide:
        if shape.is_leaf:
            return self.merge(path, base, ours, theirs, shape.default if in_record else None)
        if in_record:
            base, ours, theirs = _as_map(base), _as_map(ours), _as_map(theirs)
        elif base is ABSENT and ours != theirs:
            base = {} if isinstance(ours, dict) and isinstance(theirs, dict) else base
        if not (isinstance(base, dict) and isinstance(ours, dict) and isinstance(theirs, dict)):
            return self.merge(path, base, ours, theirs)
        if shape.renames and _is_renamed_differently(base, ours, theirs):
            return self.merge(path, base, ours, theirs)
        return self.merged(path, base, ours, theirs, shape)

    def _judged(self, path: Path, base: PlainSide, ours: PlainSide, theirs: PlainSide) -> tuple[MergeSource, PlainSide]:
        if ours == theirs:
            return MergeSource.SAME, ours
        if base == ours:
            return (
                (MergeSource.LOCAL, ours)
                if theirs is ABSENT and path in self.needed
                else (MergeSource.TEMPLATE, theirs)
            )
        if base == theirs:
            return MergeSource.LOCAL, ours
        choice = self.choices.get(join_path(path))
        if choice is None:
            return MergeSource.CONFLICT, ours
        return MergeSource.CHOSEN, ours if choice == "ours" else theirs


_SIDES: tuple[SideName, ...] = ("base", "ours", "theirs", "result")
_NONE_ABSENT: frozenset[SideName] = frozenset()


def _list_absent(sides: Iterable[PlainSide]) -> frozenset[SideName]:
    return frozenset(name for name, side in zip(_SIDES, sides, strict=True) if side is ABSENT)


def _is_renamed_differently(*sides: JsonTree) -> bool:
    """Return whether each side has one entry under another key: 8080 became 8081 in ours and 9090 in theirs."""
    return all(len(side) == 1 for side in sides) and len({name for side in sides for name in side}) == len(sides)


def _as_map(side: PlainSide) -> PlainSide:
    return {} if side is ABSENT else side


def _differing_keys(base: JsonTree, ours: JsonTree, theirs: JsonTree) -> list[str]:
    """Return the keys whose values differ. Null differs from a missing key."""
    if base.keys() == ours.keys() == theirs.keys():
        return sorted(name for name, value in ours.items() if value != theirs[name] or value != base[name])
    names = base.keys() | ours.keys() | theirs.keys()
    sides = (base, ours, theirs)
    return sorted(name for name in names if len({name in side for side in sides}) > 1 or not _is_equal(name, sides))


def _is_equal(name: str, sides: tuple[JsonTree, JsonTree, JsonTree]) -> bool:
    base, ours, theirs = sides
    return bool(ours[name] == theirs[name] and ours[name] == base[name])
