from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from apps_app.forms.edit_conflicts import OTHERS, ConflictLine, EditConflicts, FieldConflict, build_answers
from apps_app.forms.form_snapshot import seal, unseal
from config.accounts.sealing.sealed import DOTS, Secret
from templates_app.appspec.merge.three_way import MergeDecision, MergeSource, SideName, ThreeWayMerger
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.schema_tree import SchemaNode
from templates_app.appspec.schema.serialize import JsonTree, compute_digest

ANEW = "\0"
_MAP = SchemaNode(items=SchemaNode())


@dataclass(frozen=True, slots=True)
class ValueState:
    """What is set, secrets by a mark that only tells whether it is another; `shown` is what their fields showed."""

    stored: Mapping[str, str]
    displayed: Mapping[str, str]

    @classmethod
    def from_application(cls, parameters: Mapping[str, Parameter], values: Mapping[str, Secret]) -> ValueState:
        texts = {name: values[name].reveal() for name in parameters if name in values}
        return cls(
            {name: compute_revision(name, text) if parameters[name].secret else text for name, text in texts.items()},
            {
                name: texts.get(name, parameter.default or "")
                for name, parameter in parameters.items()
                if not parameter.secret
            },
        )

    @classmethod
    def read(cls, text: str) -> ValueState | None:
        """What a form sent back; None where it is not ours."""
        document = unseal(text)
        return None if document is None else cls(*(_list_texts(document.get(name)) for name in ("held", "shown")))

    def sealed(self) -> str:
        return seal(self._document())

    @property
    def revision(self) -> str:
        """Tells whether others changed them again."""
        return compute_digest(self._document())

    def _document(self) -> JsonTree:
        return {"held": dict(self.stored), "shown": dict(self.displayed)}


def compute_revision(name: str, text: str) -> str:
    return salted_hmac(f"apps.values.{name}", text, algorithm="sha256").hexdigest()


def merge_values(
    opened: ValueState,
    mine: Mapping[str, str],
    now: ValueState,
    parameters: Mapping[str, Parameter],
    data: Mapping[str, Any],
) -> tuple[frozenset[str], EditConflicts]:
    """The parameters that the form changes, and what others set since it was opened; `mine` is as in `State.held`."""
    judge = ThreeWayMerger(build_answers(data, now.revision))
    base, ours, theirs = (_get_value(parameters, side) for side in (opened.stored, mine, now.stored))
    judge.merged(("values",), base, ours, theirs, _MAP)
    typed, remaining, requested = set[str](), list[ConflictLine](), list[FieldConflict]()
    for decision in judge.decisions:
        name = decision.path[1]
        parameter = parameters[name]
        label, was, held = (
            parameter.label or name,
            _describe_value(decision, "base", parameter),
            _describe_value(decision, "theirs", parameter),
        )
        if decision.source is MergeSource.TEMPLATE:
            remaining.append(ConflictLine(label, was, held))
        elif decision.source in (MergeSource.CONFLICT, MergeSource.CHOSEN):
            requested.append(
                FieldConflict(
                    decision.id,
                    label,
                    was,
                    held,
                    _describe_value(decision, "ours", parameter),
                    judge.choices.get(decision.id, ""),
                )
            )
        if decision.source is MergeSource.LOCAL or (
            decision.source is MergeSource.CHOSEN and judge.choices[decision.id] == "ours"
        ):
            typed.add(name)
    return frozenset(typed), EditConflicts(OTHERS, now.revision, tuple(remaining), tuple(requested))


def _get_value(parameters: Mapping[str, Parameter], side: Mapping[str, str]) -> JsonTree:
    return {name: text for name, text in side.items() if name in parameters}


def _describe_value(decision: MergeDecision, side: SideName, parameter: Parameter) -> str:
    if side in decision.absent:
        return "not set" if parameter.secret or not parameter.default else f"the default, {parameter.default}"
    value = getattr(decision, side)
    if parameter.secret:
        typed = f"{DOTS} (enter it again below)" if side == "ours" else DOTS
        return "a new one" if value == ANEW else typed
    return str(value) or "(empty)"


def _list_texts(result: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in result.items()} if isinstance(result, dict) else {}
