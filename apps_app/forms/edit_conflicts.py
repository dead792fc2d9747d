from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.accounts.sealing.sealed import DOTS
from templates_app.appspec.merge.merge import merge_specs
from templates_app.appspec.merge.three_way import MergeDecision, MergeSource, SideChoice, SideName
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.presentation.value_labels import describe_value
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.secret_extraction import find_credentials

AGAINST = "against"
NOTHING = "not there"
OTHERS = "Somebody else"
"""Where nobody notes who it was."""
_CHOICE = "choice:"

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One place that others changed alone: as it was when the form was opened, and as it stays now."""

    label: str
    was: str
    theirs: str


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One place that both changed, each to something else; `chosen` is "" until it is answered."""

    id: str
    label: str
    was: str
    theirs: str
    mine: str
    chosen: str = ""

    @property
    def name(self) -> str:
        return f"{_CHOICE}{self.id}"


@dataclass(frozen=True, slots=True)
class EditConflicts:
    """Who changed it, and what. Answers hold as long as what they saved stands at `stand`."""

    by: str
    revision: str = ""
    merged: tuple[ConflictLine, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    removed: bool = False

    @property
    def open(self) -> bool:
        return self.removed or any(not conflict.chosen for conflict in self.conflicts)

    def sentence(self) -> str:
        """What was kept of theirs, after the form is saved; "" for nothing."""
        names = join_names([conflict_line.label for conflict_line in self.merged])
        return f"{self.by} changed {names}; these changes are kept." if names else ""


def merge_edits(
    base: AppSpec, mine: AppSpec, theirs: AppSpec, *, by: str, stand: str, data: Mapping[str, Any]
) -> tuple[AppSpec, EditConflicts]:
    """The three documents as one, by the answers in `data`. Raises SpecError where the parts do not fit together."""
    chosen = build_answers(data, stand)
    merged = merge_specs(base, mine, theirs, chosen)
    say = _Describer({"base": _is_hidden(base), "ours": _is_hidden(mine), "theirs": _is_hidden(theirs)})
    remaining, requested = [], []
    for decision in merged.decisions:
        was, now = say(decision, "base"), say(decision, "theirs")
        if decision.source is MergeSource.TEMPLATE:
            remaining.append(ConflictLine(decision.label, was, now))
        elif decision.source in (MergeSource.CONFLICT, MergeSource.CHOSEN):
            requested.append(
                FieldConflict(decision.id, decision.label, was, now, say(decision, "ours"), chosen.get(decision.id, ""))
            )
    return merged.spec, EditConflicts(by, stand, tuple(remaining), tuple(requested))


def build_answers(data: Mapping[str, Any], stand: str) -> dict[str, SideChoice]:
    """What was answered for the places that both changed; nothing once others changed it again."""
    if data.get(AGAINST) != stand:
        return {}
    return read_choices(data)


def read_choices(data: Mapping[str, Any]) -> dict[str, SideChoice]:
    """Which side was said to hold, by place."""
    items = {name.removeprefix(_CHOICE): data[name] for name in data if name.startswith(_CHOICE)}
    return {place: "theirs" if item == "theirs" else "ours" for place, item in items.items()}


@dataclass(frozen=True, slots=True)
class _Describer:
    """Says a place of one side in words; `hidden` are the places of a side whose texts nobody shall read."""

    hidden: Mapping[SideName, frozenset[Path]]

    def __call__(self, decision: MergeDecision, side: SideName) -> str:
        if side in decision.absent:
            return NOTHING
        if any(_is_within(decision.path, path) or _is_within(path, decision.path) for path in self.hidden[side]):
            return DOTS
        return describe_value(decision.path, getattr(decision, side))


def _is_within(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _is_hidden(spec: AppSpec) -> frozenset[Path]:
    secret = {
        ("parameters", name, "default")
        for name, parameter in spec.parameters.items()
        if parameter.secret and parameter.default
    }
    return frozenset({finding.path for finding in find_credentials(spec)} | secret)
