"""Summary of the decisions of a plan for its confirmation, one sentence each."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.appspec.presentation.text import join_names
from upgrades_app.engine.comparison.notes import LONGEST, list_pending_edits, list_pending_fields
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.plan_rows import FieldRow, Provenance
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import ComponentOutcome, Plan, StepAction
from upgrades_app.presenters.messages import (
    NOT_SET,
    describe_after,
    describe_detail,
    describe_message,
    describe_place,
    describe_provenance,
    describe_question,
    describe_row_provenance,
    option_text,
)


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """`answers` to questions; `kept` is what was changed here and stays; `waiting` is desired and not on the target
    once done; `around` are volumes, networks and what is
    left behind; `risks` are what cannot be taken back."""

    answers: tuple[str, ...]
    kept_values: tuple[str, ...]
    pending: tuple[str, ...]
    definitions: tuple[str, ...]
    risks: tuple[str, ...]


_DRIFT = {"revert": "is reverted to the applied state", "ignore": "stays as it is on the target"}


def summarize_decisions(plan: Plan) -> DecisionSummary:
    """Everything of a plan beside its steps."""
    return DecisionSummary(
        answers=tuple(filter(None, map(_describe_answer, plan.questions))),
        kept_values=tuple(_list_kept(plan)),
        pending=tuple(_list_pending(plan)),
        definitions=(*_list_definition_changes(plan), *_list_left_behind(plan)),
        risks=tuple(filter(None, map(_describe_risk, plan.questions))),
    )


def _describe_answer(question: Question) -> str:
    match question.kind, question.effective_answer:
        case QuestionKind.CONFLICT, str(side):
            return _describe_side(question, side)
        case QuestionKind.REMOVED, "keep":
            return f"{question.id} stays, as a local component"
        case QuestionKind.VALUE, str(value) if question.answer is not None:
            return f"{question.id} is set to {value}" if value else f"{question.id} is left empty"
        case QuestionKind.SECRET, str() if question.answer is not None:
            return f"{question.id} is set"
        case QuestionKind.PORT, str(port):
            return f"{describe_question(question)} {port} (local value; {describe_detail(question)})"
        case QuestionKind.VOLUME, "keep":
            return f"volume {question.id} and its data are kept"
        case QuestionKind.DRIFT, str(choice):
            return f"{question.id} {_DRIFT[choice]}"
    return ""


def _describe_side(question: Question, side: str) -> str:
    """Return "WORKERS stays 8 (local value)"."""
    option = next(option for option in question.options if option.value == side)
    verb = "stays" if side == "ours" else "becomes"
    text = option_text(option)
    value = text if len(text) <= LONGEST and "\n" not in text else ""
    return " ".join(filter(None, [describe_place(question.path), verb, value, _ORIGINS[option.origin]]))


_ORIGINS = {
    Provenance.LOCAL_KEPT: "(local value)",
    Provenance.TEMPLATE: "(template value)",
    Provenance.PREVIOUS: "(previous value)",
}


def _describe_risk(question: Question) -> str:
    match question.kind, question.effective_answer:
        case QuestionKind.RISK, "accept":
            return f"{describe_question(question)} (accepted)"
        case QuestionKind.VOLUME, "remove":
            return f"volume {question.id} and its data are deleted permanently"
    return ""


def _list_kept(plan: Plan) -> Iterator[str]:
    requested = {question.path for question in plan.questions}
    for row in plan.components:
        yield from (
            f"{row.key} {_describe_kept(item)}" for item in row.fields if _is_kept(item) and item.path not in requested
        )
    yield from (_describe_kept(item) for item in plan.parameters if _is_kept(item) and item.path not in requested)
    yield from (describe_message(note) for note in plan.notes if note.code is MessageCode.COMPONENT_STAYS_REMOVED)


def _list_pending(plan: Plan) -> Iterator[str]:
    for row in plan.components:
        yield from map(describe_message, list_pending_edits(row))
    yield from map(describe_message, list_pending_fields(plan.parameters))


def _is_kept(row: FieldRow) -> bool:
    return not row.changes and row.provenance.kind.is_local


def _describe_kept(row: FieldRow) -> str:
    text = describe_after(row) or NOT_SET
    value = f"stays {text}" if len(text) <= LONGEST and "\n" not in text else "stays"
    provenance = describe_row_provenance(row)
    is_short = len(provenance) <= 2 * LONGEST and "\n" not in provenance
    return f"{row.label} {value} ({provenance if is_short else describe_provenance(row.provenance)})"


def _list_definition_changes(plan: Plan) -> Iterator[str]:
    requested = {question.path for question in plan.questions}
    for row in plan.definitions:
        if row.path in requested:
            continue
        match row.symbol:
            case "+" if len(row.path) == 2:
                yield f"{row.label} is {describe_after(row) if row.after_code is MessageCode.VOLUME_EXISTS else 'new'}"
            case "−" if len(row.path) == 2:
                yield f"{row.label} is removed"
            case _:
                yield f"{row.label}: {row.before or NOT_SET} → {describe_after(row) or NOT_SET}"


def _list_left_behind(plan: Plan) -> Iterator[str]:
    behind = sorted(key for key, outcome in plan.outcomes.items() if outcome is ComponentOutcome.BEHIND)
    if behind:
        verb = "stays" if len(behind) == 1 else "stay"
        yield f"{', '.join(behind)} {verb} at {plan.from_version}, and can be upgraded later"


def describe_downtime(plan: Plan) -> Iterator[str]:
    """Yield a sentence for the replaced components of each health gate deadline."""
    result: dict[str, list[str]] = {}
    for step in plan.steps if plan.starts_containers else ():
        replaced = step.action in {StepAction.RESTART, StepAction.RECREATE} and step.before is not None
        if replaced and step.after is not None and step.after.component.kind != "job":
            result.setdefault(step.after.component.health_gate.deadline, []).append(step.key)
    for deadline, keys in sorted(result.items()):
        subject = "it is" if len(keys) == 1 else "they are"
        text = f"{join_names(keys)} may be down until {subject} healthy"
        yield f"{text}. After {deadline} without success, the previous version is started again"
