"""Three plain forms → one, with where each value came from. One small recursion for every kind of place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Literal, NamedTuple

from pydantic import JsonValue

from templates_app.appspec.schema.errors import dotted
from templates_app.appspec.schema.schema_tree import Shape, label
from templates_app.appspec.schema.serialize import Tree

type Path = tuple[str, ...]
type Choice = Literal["ours", "theirs"]
type SideName = Literal["base", "ours", "theirs", "result"]


class Absent(Enum):
    """Not there at all; null is a value."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
type Side = JsonValue | Absent


class Source(StrEnum):
    """Where a merged value came from."""

    UNCHANGED = "unchanged"
    TEMPLATE = "template"
    LOCAL = "local"
    SAME = "same"
    CONFLICT = "conflict"
    CHOSEN = "chosen"
    QUESTION = "question"
    """A component that theirs dropped, and nobody has said yet whether it goes."""


class Decision(NamedTuple):
    """What was decided for one place that is not the same everywhere. `absent` names the sides that do not have it."""

    path: Path
    source: Source
    base: JsonValue
    ours: JsonValue
    theirs: JsonValue
    result: JsonValue
    absent: frozenset[SideName] = frozenset()

    @property
    def id(self) -> str:
        """The dotted path: what a conflict is answered by."""
        return dotted(self.path)

    @property
    def label(self) -> str:
        return label(self.path)


@dataclass
class Judge:
    """Decides place by place and notes what differs. `needed` are places that stay though theirs dropped them."""

    choices: Mapping[str, Choice]
    needed: frozenset[Path] = frozenset()
    decisions: list[Decision] = field(default_factory=list)

    def merged(self, path: Path, base: Tree, ours: Tree, theirs: Tree, shape: Shape) -> Tree:
        """One map or record out of three."""
        result = dict(ours)
        for name in _differing(base, ours, theirs):
            sides = (base.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT))
            below = shape.below(name)
            chosen = self._entry((*path, name), *sides, below, in_record=shape.is_record)
            if chosen is ABSENT or (chosen == {} and shape.is_record and not below.is_leaf):
                result.pop(name, None)
            else:
                result[name] = chosen
        return result

    def decide(self, path: Path, base: Side, ours: Side, theirs: Side, default: JsonValue = None) -> Side:
        """One whole value out of three; until a conflict is resolved its result is ours."""
        source, result = self._judged(path, base, ours, theirs)
        self.note(path, source, (base, ours, theirs, result), default)
        return result

    def note(self, path: Path, source: Source, sides: tuple[Side, Side, Side, Side], default: JsonValue = None) -> None:
        """Adds a decision that was made elsewhere; `sides` are base, ours, theirs and the result."""
        base, ours, theirs, result = (default if side is ABSENT else side for side in sides)
        absent = _absent(sides) if ABSENT in sides and default in (None, "", []) else _NONE_ABSENT
        self.decisions.append(Decision(path, source, base, ours, theirs, result, absent))

    def _entry(self, path: Path, base: Side, ours: Side, theirs: Side, shape: Shape, *, in_record: bool) -> Side:
        if shape.is_leaf:
            return self.decide(path, base, ours, theirs, shape.default if in_record else None)
        if in_record:
            base, ours, theirs = _or_empty(base), _or_empty(ours), _or_empty(theirs)
        elif base is ABSENT and ours != theirs:
            base = {} if isinstance(ours, dict) and isinstance(theirs, dict) else base
        if not (isinstance(base, dict) and isinstance(ours, dict) and isinstance(theirs, dict)):
            return self.decide(path, base, ours, theirs)
        if shape.renames and _renamed_apart(base, ours, theirs):
            return self.decide(path, base, ours, theirs)
        return self.merged(path, base, ours, theirs, shape)

    def _judged(self, path: Path, base: Side, ours: Side, theirs: Side) -> tuple[Source, Side]:
        if ours == theirs:
            return Source.SAME, ours
        if base == ours:
            return (Source.LOCAL, ours) if theirs is ABSENT and path in self.needed else (Source.TEMPLATE, theirs)
        if base == theirs:
            return Source.LOCAL, ours
        choice = self.choices.get(dotted(path))
        if choice is None:
            return Source.CONFLICT, ours
        return Source.CHOSEN, ours if choice == "ours" else theirs


_SIDES: tuple[SideName, ...] = ("base", "ours", "theirs", "result")
_NONE_ABSENT: frozenset[SideName] = frozenset()


def _absent(sides: Iterable[Side]) -> frozenset[SideName]:
    return frozenset(name for name, side in zip(_SIDES, sides, strict=True) if side is ABSENT)


def _renamed_apart(*sides: Tree) -> bool:
    """Whether each side has one entry, each under a name of its own: 8080 became 8081 here and 9090 there."""
    return all(len(side) == 1 for side in sides) and len({name for side in sides for name in side}) == len(sides)


def _or_empty(side: Side) -> Side:
    return {} if side is ABSENT else side


def _differing(base: Tree, ours: Tree, theirs: Tree) -> list[str]:
    """A null is not the same as nothing."""
    if base.keys() == ours.keys() == theirs.keys():
        return sorted(name for name, value in ours.items() if value != theirs[name] or value != base[name])
    names = base.keys() | ours.keys() | theirs.keys()
    sides = (base, ours, theirs)
    return sorted(name for name in names if len({name in side for side in sides}) > 1 or not _alike(name, sides))


def _alike(name: str, sides: tuple[Tree, Tree, Tree]) -> bool:
    base, ours, theirs = sides
    return bool(ours[name] == theirs[name] and ours[name] == base[name])
