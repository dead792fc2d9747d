"""What others saved while a form was open: kept where the form left it alone, asked about where both changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.accounts.sealing.sealed import DOTS
from templates_app.appspec.merge.merge import merge
from templates_app.appspec.merge.three_way import Choice, Decision, SideName, Source
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.presentation.value_labels import spoken_value
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.secret_extraction import credentials

AGAINST = "against"
NOTHING = "not there"
OTHERS = "Somebody else"
"""Where nobody notes who it was."""
_CHOICE = "choice:"

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One place that others changed alone: as it was when the form was opened, and as it stays now."""

    label: str
    was: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Ask:
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
class Meanwhile:
    """Who changed it, and what. Answers hold as long as what they saved stands at `stand`."""

    by: str
    stand: str = ""
    kept: tuple[Line, ...] = ()
    asked: tuple[Ask, ...] = ()
    gone: bool = False

    @property
    def open(self) -> bool:
        return self.gone or any(not conflict.chosen for conflict in self.asked)

    def sentence(self) -> str:
        """What was kept of theirs, after the form is saved; "" for nothing."""
        names = listed([conflict_line.label for conflict_line in self.kept])
        return f"{self.by} changed {names} meanwhile: that is kept." if names else ""


def together(
    base: AppSpec, mine: AppSpec, theirs: AppSpec, *, by: str, stand: str, data: Mapping[str, Any]
) -> tuple[AppSpec, Meanwhile]:
    """The three documents as one, by the answers in `data`. Raises SpecError where the parts do not fit together."""
    chosen = answers(data, stand)
    merged = merge(base, mine, theirs, chosen)
    say = _Speaker({"base": _hidden(base), "ours": _hidden(mine), "theirs": _hidden(theirs)})
    remaining, requested = [], []
    for decision in merged.decisions:
        was, now = say(decision, "base"), say(decision, "theirs")
        if decision.source is Source.TEMPLATE:
            remaining.append(Line(decision.label, was, now))
        elif decision.source in (Source.CONFLICT, Source.CHOSEN):
            requested.append(
                Ask(decision.id, decision.label, was, now, say(decision, "ours"), chosen.get(decision.id, ""))
            )
    return merged.spec, Meanwhile(by, stand, tuple(remaining), tuple(requested))


def answers(data: Mapping[str, Any], stand: str) -> dict[str, Choice]:
    """What was answered for the places that both changed; nothing once others changed it again."""
    if data.get(AGAINST) != stand:
        return {}
    return choices_in(data)


def choices_in(data: Mapping[str, Any]) -> dict[str, Choice]:
    """Which side was said to hold, by place."""
    items = {name.removeprefix(_CHOICE): data[name] for name in data if name.startswith(_CHOICE)}
    return {place: "theirs" if item == "theirs" else "ours" for place, item in items.items()}


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says a place of one side in words; `hidden` are the places of a side whose texts nobody shall read."""

    hidden: Mapping[SideName, frozenset[Path]]

    def __call__(self, decision: Decision, side: SideName) -> str:
        if side in decision.absent:
            return NOTHING
        if any(_within(decision.path, path) or _within(path, decision.path) for path in self.hidden[side]):
            return DOTS
        return spoken_value(decision.path, getattr(decision, side))


def _within(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _hidden(spec: AppSpec) -> frozenset[Path]:
    secret = {
        ("parameters", name, "default")
        for name, parameter in spec.parameters.items()
        if parameter.secret and parameter.default
    }
    return frozenset({finding.path for finding in credentials(spec)} | secret)
