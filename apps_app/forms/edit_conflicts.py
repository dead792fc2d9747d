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
        return self.gone or any(not one.chosen for one in self.asked)

    def sentence(self) -> str:
        """What was kept of theirs, after the form is saved; "" for nothing."""
        names = listed([one.label for one in self.kept])
        return f"{self.by} changed {names} meanwhile: that is kept." if names else ""


def together(
    base: AppSpec, mine: AppSpec, theirs: AppSpec, *, by: str, stand: str, data: Mapping[str, Any]
) -> tuple[AppSpec, Meanwhile]:
    """The three documents as one, by the answers in `data`. Raises SpecError where the parts do not fit together."""
    chosen = answers(data, stand)
    merged = merge(base, mine, theirs, chosen)
    say = _Speaker({"base": _hidden(base), "ours": _hidden(mine), "theirs": _hidden(theirs)})
    kept, asked = [], []
    for one in merged.decisions:
        was, now = say(one, "base"), say(one, "theirs")
        if one.source is Source.TEMPLATE:
            kept.append(Line(one.label, was, now))
        elif one.source in (Source.CONFLICT, Source.CHOSEN):
            asked.append(Ask(one.id, one.label, was, now, say(one, "ours"), chosen.get(one.id, "")))
    return merged.spec, Meanwhile(by, stand, tuple(kept), tuple(asked))


def answers(data: Mapping[str, Any], stand: str) -> dict[str, Choice]:
    """What was answered for the places that both changed; nothing once others changed it again."""
    if data.get(AGAINST) != stand:
        return {}
    return choices_in(data)


def choices_in(data: Mapping[str, Any]) -> dict[str, Choice]:
    """Which side was said to hold, by place."""
    said = {name.removeprefix(_CHOICE): data[name] for name in data if name.startswith(_CHOICE)}
    return {place: "theirs" if one == "theirs" else "ours" for place, one in said.items()}


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says a place of one side in words; `hidden` are the places of a side whose texts nobody shall read."""

    hidden: Mapping[SideName, frozenset[Path]]

    def __call__(self, one: Decision, side: SideName) -> str:
        if side in one.absent:
            return NOTHING
        if any(_within(one.path, path) or _within(path, one.path) for path in self.hidden[side]):
            return DOTS
        return spoken_value(one.path, getattr(one, side))


def _within(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _hidden(spec: AppSpec) -> frozenset[Path]:
    secret = {("parameters", name, "default") for name, one in spec.parameters.items() if one.secret and one.default}
    return frozenset({one.path for one in credentials(spec)} | secret)
