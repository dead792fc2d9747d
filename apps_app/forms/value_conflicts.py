"""Values that two people set at once: each keeps what only one touched, and what both did is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from apps_app.forms.edit_conflicts import OTHERS, Ask, Line, Meanwhile, answers
from apps_app.forms.form_snapshot import seal, unsealed
from config.accounts.sealing.sealed import DOTS, Secret
from templates_app.appspec.merge.three_way import Decision, Judge, SideName, Source
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.schema_tree import Shape
from templates_app.appspec.schema.serialize import Tree, digest

ANEW = "\0"
_MAP = Shape(items=Shape())


@dataclass(frozen=True, slots=True)
class State:
    """What is set, secrets by a mark that only tells whether it is another; `shown` is what their fields showed."""

    held: Mapping[str, str]
    shown: Mapping[str, str]

    @classmethod
    def of(cls, parameters: Mapping[str, Parameter], values: Mapping[str, Secret]) -> State:
        texts = {name: values[name].reveal() for name in parameters if name in values}
        return cls(
            {name: mark(name, text) if parameters[name].secret else text for name, text in texts.items()},
            {
                name: texts.get(name, parameter.default or "")
                for name, parameter in parameters.items()
                if not parameter.secret
            },
        )

    @classmethod
    def read(cls, text: str) -> State | None:
        """What a form sent back; None where it is not ours."""
        document = unsealed(text)
        return None if document is None else cls(*(_texts(document.get(name)) for name in ("held", "shown")))

    def sealed(self) -> str:
        return seal(self._document())

    @property
    def stand(self) -> str:
        """Tells whether others changed them again."""
        return digest(self._document())

    def _document(self) -> Tree:
        return {"held": dict(self.held), "shown": dict(self.shown)}


def mark(name: str, text: str) -> str:
    return salted_hmac(f"apps.values.{name}", text, algorithm="sha256").hexdigest()


def together(
    opened: State, mine: Mapping[str, str], now: State, parameters: Mapping[str, Parameter], data: Mapping[str, Any]
) -> tuple[frozenset[str], Meanwhile]:
    """The parameters that the form changes, and what others set since it was opened; `mine` is as in `State.held`."""
    judge = Judge(answers(data, now.stand))
    base, ours, theirs = (_of(parameters, side) for side in (opened.held, mine, now.held))
    judge.merged(("values",), base, ours, theirs, _MAP)
    typed, remaining, requested = set[str](), list[Line](), list[Ask]()
    for decision in judge.decisions:
        name = decision.path[1]
        parameter = parameters[name]
        label, was, held = (
            parameter.label or name,
            _said(decision, "base", parameter),
            _said(decision, "theirs", parameter),
        )
        if decision.source is Source.TEMPLATE:
            remaining.append(Line(label, was, held))
        elif decision.source in (Source.CONFLICT, Source.CHOSEN):
            requested.append(
                Ask(
                    decision.id,
                    label,
                    was,
                    held,
                    _said(decision, "ours", parameter),
                    judge.choices.get(decision.id, ""),
                )
            )
        if decision.source is Source.LOCAL or (
            decision.source is Source.CHOSEN and judge.choices[decision.id] == "ours"
        ):
            typed.add(name)
    return frozenset(typed), Meanwhile(OTHERS, now.stand, tuple(remaining), tuple(requested))


def _of(parameters: Mapping[str, Parameter], side: Mapping[str, str]) -> Tree:
    return {name: text for name, text in side.items() if name in parameters}


def _said(decision: Decision, side: SideName, parameter: Parameter) -> str:
    if side in decision.absent:
        return "not set" if parameter.secret or not parameter.default else f"the default, {parameter.default}"
    value = getattr(decision, side)
    if parameter.secret:
        typed = f"{DOTS} (type it again below)" if side == "ours" else DOTS
        return "a new one" if value == ANEW else typed
    return str(value) or "(empty)"


def _texts(result: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in result.items()} if isinstance(result, dict) else {}
