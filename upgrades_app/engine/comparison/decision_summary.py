"""What an operator decided about a plan and what of theirs it keeps, one sentence each: read again before the yes."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.appspec.diff.field_change import words
from templates_app.appspec.presentation.text import listed
from upgrades_app.engine.comparison.comparison_rows import THERE
from upgrades_app.engine.comparison.pending_edits import LONGEST, waiting, waiting_in
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Action, Arrival, Plan


@dataclass(frozen=True, slots=True)
class Decided:
    """`answers` to questions; `kept` is what was changed here and stays; `waiting` is desired and not on the target
    once done; `around` are volumes, networks and what is
    left behind; `risks` are what cannot be taken back."""

    answers: tuple[str, ...]
    kept: tuple[str, ...]
    waiting: tuple[str, ...]
    around: tuple[str, ...]
    risks: tuple[str, ...]


_DRIFT = {"put_back": "is put back as it belongs", "keep": "stays as it is on the target"}


def decided(plan: Plan) -> Decided:
    """Everything of a plan beside its steps."""
    return Decided(
        answers=tuple(filter(None, map(_answer, plan.questions))),
        kept=tuple(_kept(plan)),
        waiting=tuple(_waiting(plan)),
        around=(*_frame(plan), *_left_behind(plan)),
        risks=tuple(filter(None, map(_risk, plan.questions))),
    )


def _answer(question: Question) -> str:
    match question.kind, question.chosen:
        case QuestionKind.CONFLICT, str(side):
            return _side(question, side)
        case QuestionKind.REMOVED, "keep":
            return f"{question.id} stays, as the application's own"
        case QuestionKind.VALUE, str(value) if question.answer is not None:
            return f"{question.id} is set to {value}" if value else f"{question.id} is left empty"
        case QuestionKind.SECRET, str() if question.answer is not None:
            return f"{question.id} is set, and sealed"
        case QuestionKind.PORT, str(port):
            return f"{question.sentence} {port} (yours; {question.detail})"
        case QuestionKind.VOLUME, "keep":
            return f"volume {question.id} and its data are kept"
        case QuestionKind.DRIFT, str(choice):
            return f"{question.id} {_DRIFT[choice]}"
    return ""


def _side(question: Question, side: str) -> str:
    """ "WORKERS stays 8 (yours)", from the option that was taken: "keep 8 (yours)"."""
    place = _place(question.path)
    label = next(choice.label for choice in question.choices if choice.value == side)
    text = label.partition(" ")[2]
    verb = "stays" if side == "ours" else "becomes"
    if len(text) <= LONGEST and "\n" not in text:
        return f"{place} {verb} {text}"
    return f"{place} {verb} {text[text.rindex('(') + 1 : -1]}"


def _risk(question: Question) -> str:
    match question.kind, question.chosen:
        case QuestionKind.RISK, "accept":
            return f"{question.component}'s data could be at risk, which you accepted: {question.sentence}"
        case QuestionKind.VOLUME, "remove":
            return f"volume {question.id} and its data are deleted, for ever"
    return ""


def _kept(plan: Plan) -> Iterator[str]:
    requested = {question.path for question in plan.questions}
    for row in plan.components:
        yield from (f"{row.key} {_stays(item)}" for item in row.fields if _is_kept(item) and item.path not in requested)
    yield from (_stays(item) for item in plan.parameters if _is_kept(item) and item.path not in requested)
    yield from (note.sentence for note in plan.notes if note.kind == "removed")


def _waiting(plan: Plan) -> Iterator[str]:
    for row in plan.components:
        yield from waiting_in(row)
    yield from waiting(plan.parameters)


def _is_kept(row: FieldRow) -> bool:
    return not row.changes and row.source.startswith("yours")


def _stays(row: FieldRow) -> str:
    text = "left out" if row.after is None else row.after
    item = f"stays {text}" if len(text) <= LONGEST and "\n" not in text else "stays"
    short = len(row.where) <= 2 * LONGEST and "\n" not in row.where
    return f"{row.label} {item} ({row.where if short else row.source})"


def _frame(plan: Plan) -> Iterator[str]:
    requested = {question.path for question in plan.questions}
    for row in plan.frame:
        if row.path in requested:
            continue
        match row.symbol:
            case "+" if len(row.path) == 2:
                yield f"{row.label} is {THERE if row.after == THERE else 'new'}"
            case "−" if len(row.path) == 2:
                yield f"{row.label} is no part of it any more"
            case _:
                yield f"{row.label}: {row.before or 'not set'} → {row.after or 'not set'}"


def _left_behind(plan: Plan) -> Iterator[str]:
    behind = sorted(key for key, outcome in plan.arrivals.items() if outcome is Arrival.BEHIND)
    if behind:
        verb = "stays" if len(behind) == 1 else "stay"
        yield f"{', '.join(behind)} {verb} at {plan.from_version}, and can be taken later"


def _place(path: tuple[str, ...]) -> str:
    if path[0] == "parameters":
        return path[-1]
    return f"{path[1]} {words(path)}" if path[0] == "components" and len(path) > 2 else words(path)


def downtime(plan: Plan) -> Iterator[str]:
    """One sentence for those that are given the same time to get good; a new one stands in nobody's place."""
    result: dict[str, list[str]] = {}
    for step in plan.steps if plan.runs else ():
        replaced = step.action in {Action.RESTART, Action.RECREATE} and step.before is not None
        if replaced and step.after is not None and step.after.component.kind != "job":
            result.setdefault(step.after.component.health_gate.deadline, []).append(step.key)
    for deadline, keys in sorted(result.items()):
        them = "it is" if len(keys) == 1 else "they are"
        text = f"{listed(keys)} may be down until {them} good"
        yield f"{text}: after {deadline} at most, what was there before is started again"
