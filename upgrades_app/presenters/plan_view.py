"""View model of a plan: one card per component, each question on the card of its component."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from templates_app.appspec.presentation.path_labels import describe_fault, list_path_steps
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.plan_rows import ComponentRow
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan, PlanNote, PlanState
from upgrades_app.presenters.field_view import FieldLine, build_field_line
from upgrades_app.presenters.messages import (
    build_fault,
    describe_component_effect,
    describe_field,
    describe_message,
    describe_provenance,
)
from upgrades_app.presenters.question_view import QuestionView, find_error

MANY = 12
"""With more changed components than this they are folded, except those with a question."""
SHORT = 90


@dataclass(frozen=True, slots=True)
class ComponentView:
    """One component of the comparison."""

    row: ComponentRow
    lines: tuple[FieldLine, ...]
    questions: tuple[QuestionView, ...]
    starts_containers: bool = True
    unfolded: bool = True

    @property
    def effect(self) -> str:
        return describe_component_effect(self.row)

    @property
    def provenance(self) -> str:
        return describe_provenance(self.row.provenance)

    @property
    def needs_answer(self) -> bool:
        return any(question.question.is_open for question in self.questions)

    @property
    def shows_impact(self) -> bool:
        """Whether it matters what each field costs: not for what is new, nor for what costs nothing as a whole."""
        return self.row.symbol in {"~", "±"} and any(line.row.changes for line in self.lines) and self.starts_containers

    @property
    def summary(self) -> str:
        """What changes in a few words, for a card that is folded."""
        data = [line.row for line in self.lines if line.row.changes]
        if self.row.symbol == "=" or not data or len(describe_field(data[0])) > SHORT:
            return ""
        more = f" and {len(data) - 1} more" if len(data) > 1 else ""
        return describe_field(data[0]) + more

    @property
    def changes(self) -> int:
        return sum(line.row.changes for line in self.lines)

    @property
    def kept_lines(self) -> int:
        return sum(not line.row.changes for line in self.lines)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note of a plan."""

    note: PlanNote

    @property
    def text(self) -> str:
        return describe_message(self.note)

    @property
    def is_warning(self) -> bool:
        return self.note.code is MessageCode.CREDENTIAL_ROTATION


class TargetCheckbox(NamedTuple):
    """A component one may leave behind; it may have no card while it is."""

    key: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class PlanView:
    """The whole comparison. `unchanged` are cards too: what was kept there is told; `definitions` are the changed
    volumes and networks."""

    plan: Plan
    cards: tuple[ComponentView, ...]
    unchanged: tuple[ComponentView, ...]
    parameters: tuple[FieldLine, ...]
    questions: tuple[QuestionView, ...]
    definition_questions: tuple[QuestionView, ...]
    definitions: tuple[FieldLine, ...]
    pending_edits: tuple[PlanNote, ...]
    notes: tuple[NoteLine, ...]
    checkboxes: tuple[TargetCheckbox, ...] = ()

    @property
    def all_questions(self) -> tuple[QuestionView, ...]:
        inside = (question for card in (*self.cards, *self.unchanged) for question in card.questions)
        return (*self.questions, *self.definition_questions, *inside)

    @property
    def open_questions(self) -> tuple[QuestionView, ...]:
        return tuple(question for question in self.all_questions if question.question.is_open)

    @property
    def questions_first(self) -> str:
        n = len(self.open_questions)
        return "1 question first" if n == 1 else f"{n} questions first"

    @property
    def is_long(self) -> bool:
        return len(self.cards) > MANY

    @property
    def left_behind(self) -> bool:
        return any(not tick.is_checked for tick in self.checkboxes)

    @property
    def summary(self) -> tuple[tuple[str, int, str], ...]:
        words = {"+": "new", "~": "changed", "±": "replaced", "−": "removed", "=": "unchanged"}
        return tuple((symbol, n, words[symbol]) for symbol, n in self.plan.counts().items() if n)

    @property
    def is_ready(self) -> bool:
        return self.plan.state is PlanState.READY

    @property
    def is_blocked(self) -> bool:
        return self.plan.state is PlanState.BLOCKED

    @property
    def has_no_changes(self) -> bool:
        return self.plan.state is PlanState.NOTHING_TO_DO


def build_plan_view(
    plan: Plan, *, tickable: Collection[str] = (), used: Collection[str] | None = None, complain: bool = False
) -> PlanView:
    """Build the view of a plan. `used` of the `tickable` components are checked (None: all of them); `complain` marks unanswered
    questions."""
    by_component: dict[str, list[QuestionView]] = defaultdict(list)
    general: list[QuestionView] = []
    keys = {row.key for row in plan.components}
    for question in plan.questions:
        item = QuestionView(question, find_error(question, plan) if complain else "")
        (by_component[question.component] if question.component in keys else general).append(item)
    cards = [_build_component_view(plan, row, by_component.get(row.key, [])) for row in plan.components]
    shown = [card for card in cards if card.row.symbol != "=" or card.questions or card.row.key in tickable]
    few = len(shown) <= MANY
    asked_about = {other_question.question.path for other_question in general}
    in_general = [build_field_line(row) for row in (*plan.parameters, *plan.definitions) if row.path not in asked_about]
    return PlanView(
        plan=plan,
        cards=tuple(_is_folded(card, few=few) for card in shown),
        unchanged=tuple(card for card in cards if card not in shown),
        parameters=tuple(line for line in in_general if line.row.path[0] == "parameters"),
        questions=tuple(
            other_question for other_question in general if other_question.question.path[:1] == ("parameters",)
        ),
        definition_questions=tuple(
            other_question for other_question in general if other_question.question.path[:1] != ("parameters",)
        ),
        definitions=tuple(line for line in in_general if line.row.path[0] != "parameters"),
        pending_edits=tuple(note for note in plan.notes if note.code is MessageCode.PENDING_EDIT_APPLIED),
        notes=tuple(NoteLine(note) for note in plan.notes if note.code is not MessageCode.PENDING_EDIT_APPLIED),
        checkboxes=tuple(TargetCheckbox(key, used is None or key in used) for key in tickable),
    )


def list_selectable_keys(plan: Plan) -> tuple[str, ...]:
    """The components one may leave behind: those that this plan, with all of them, does something to."""
    requested = {question.component for question in plan.questions if question.kind is QuestionKind.REMOVED}
    result = [
        row.key for row in plan.components if row.key in plan.outcomes and (row.symbol != "=" or row.key in requested)
    ]
    return tuple(result) if len(result) > 1 else ()


def _build_component_view(plan: Plan, row: ComponentRow, requested: list[QuestionView]) -> ComponentView:
    places = {question.question.path for question in requested}
    lines = tuple(build_field_line(item) for item in row.fields if item.path not in places)
    return ComponentView(row, lines, tuple(requested), plan.starts_containers)


def _is_folded(card: ComponentView, *, few: bool) -> ComponentView:
    unfolded = (
        card.needs_answer or any(question.error for question in card.questions) or (few and card.row.symbol != "=")
    )
    return replace(card, unfolded=unfolded)


def link_blockers(plan: Plan, urls: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Each blocker in words, with the page of the component it speaks of, where there is one."""
    for blocker in plan.blockers:
        where = list_path_steps(blocker.path)
        key = where[1] if where[:1] == ("components",) and len(where) > 1 else ""
        yield describe_fault(build_fault(blocker)), urls.get(key, "")
