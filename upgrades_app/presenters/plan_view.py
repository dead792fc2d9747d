"""A plan laid out for a page: one card a component, each question beside what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from templates_app.appspec.presentation.path_labels import said, steps
from upgrades_app.engine.inputs.plan_rows import ComponentRow
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Note, Plan, PlanState
from upgrades_app.presenters.field_view import FieldLine, line_of
from upgrades_app.presenters.question_view import Asked, error_of

MANY = 12
"""With more changed components than this they are folded, except those with a question."""
SHORT = 90


@dataclass(frozen=True, slots=True)
class Card:
    """One component of the comparison."""

    row: ComponentRow
    lines: tuple[FieldLine, ...]
    asked: tuple[Asked, ...]
    runs: bool = True
    unfolded: bool = True

    @property
    def needs_answer(self) -> bool:
        return any(question.question.open for question in self.asked)

    @property
    def tells_impact(self) -> bool:
        """Whether it matters what each field costs: not for what is new, nor for what costs nothing as a whole."""
        return self.row.symbol in {"~", "±"} and any(line.row.changes for line in self.lines) and self.runs

    @property
    def gist(self) -> str:
        """What changes in a few words, for a card that is folded."""
        data = [line.row for line in self.lines if line.row.changes]
        if self.row.symbol == "=" or not data or len(data[0].sentence()) > SHORT:
            return ""
        more = f" and {len(data) - 1} more" if len(data) > 1 else ""
        return data[0].sentence() + more

    @property
    def changes(self) -> int:
        return sum(line.row.changes for line in self.lines)

    @property
    def kept(self) -> int:
        return sum(not line.row.changes for line in self.lines)


class Tick(NamedTuple):
    """A component one may leave behind; it may have no card while it is."""

    key: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole comparison. `unchanged` are cards too: what was kept there is told; `around` are the volumes and
    networks that come, change and go, `frame` what is asked about them."""

    plan: Plan
    cards: tuple[Card, ...]
    unchanged: tuple[Card, ...]
    parameters: tuple[FieldLine, ...]
    asked: tuple[Asked, ...]
    frame: tuple[Asked, ...]
    around: tuple[FieldLine, ...]
    others: tuple[Note, ...]
    notes: tuple[Note, ...]
    ticks: tuple[Tick, ...] = ()

    @property
    def everything_asked(self) -> tuple[Asked, ...]:
        inside = (question for card in (*self.cards, *self.unchanged) for question in card.asked)
        return (*self.asked, *self.frame, *inside)

    @property
    def open(self) -> tuple[Asked, ...]:
        return tuple(question_view for question_view in self.everything_asked if question_view.question.open)

    @property
    def questions_first(self) -> str:
        n = len(self.open)
        return "1 question first" if n == 1 else f"{n} questions first"

    @property
    def many(self) -> bool:
        return len(self.cards) > MANY

    @property
    def left(self) -> bool:
        return any(not tick.taken for tick in self.ticks)

    @property
    def tally(self) -> tuple[tuple[str, int, str], ...]:
        words = {"+": "new", "~": "changed", "±": "replaced", "−": "removed", "=": "unchanged"}
        return tuple((symbol, n, words[symbol]) for symbol, n in self.plan.counts().items() if n)

    @property
    def ready(self) -> bool:
        return self.plan.state is PlanState.READY

    @property
    def blocked(self) -> bool:
        return self.plan.state is PlanState.BLOCKED

    @property
    def idle(self) -> bool:
        return self.plan.state is PlanState.NOTHING_TO_DO


def lay_out(
    plan: Plan, *, tickable: Collection[str] = (), taken: Collection[str] | None = None, complain: bool = False
) -> Sheet:
    """The sheet of a plan. `taken` of the `tickable` are ticked (None: all); `complain`: say what is unanswered."""
    by_component: dict[str, list[Asked]] = defaultdict(list)
    general: list[Asked] = []
    keys = {row.key for row in plan.components}
    for question in plan.questions:
        item = Asked(question, error_of(question, plan) if complain else "")
        (by_component[question.component] if question.component in keys else general).append(item)
    cards = [_card(plan, row, by_component.get(row.key, [])) for row in plan.components]
    shown = [card for card in cards if card.row.symbol != "=" or card.asked or card.row.key in tickable]
    few = len(shown) <= MANY
    asked_about = {other_question.question.path for other_question in general}
    in_general = [line_of(row) for row in (*plan.parameters, *plan.frame) if row.path not in asked_about]
    return Sheet(
        plan=plan,
        cards=tuple(_folded(card, few=few) for card in shown),
        unchanged=tuple(card for card in cards if card not in shown),
        parameters=tuple(line for line in in_general if line.row.path[0] == "parameters"),
        asked=tuple(
            other_question for other_question in general if other_question.question.path[:1] == ("parameters",)
        ),
        frame=tuple(
            other_question for other_question in general if other_question.question.path[:1] != ("parameters",)
        ),
        around=tuple(line for line in in_general if line.row.path[0] != "parameters"),
        others=tuple(note for note in plan.notes if note.kind == "pending"),
        notes=tuple(note for note in plan.notes if note.kind != "pending"),
        ticks=tuple(Tick(key, taken is None or key in taken) for key in tickable),
    )


def tickable_keys(plan: Plan) -> tuple[str, ...]:
    """The components one may leave behind: those that this plan, with all of them, does something to."""
    requested = {question.component for question in plan.questions if question.kind is QuestionKind.REMOVED}
    result = [
        row.key for row in plan.components if row.key in plan.arrivals and (row.symbol != "=" or row.key in requested)
    ]
    return tuple(result) if len(result) > 1 else ()


def _card(plan: Plan, row: ComponentRow, requested: list[Asked]) -> Card:
    places = {question.question.path for question in requested}
    lines = tuple(line_of(item) for item in row.fields if item.path not in places)
    return Card(row, lines, tuple(requested), plan.runs)


def _folded(card: Card, *, few: bool) -> Card:
    unfolded = card.needs_answer or any(question.error for question in card.asked) or (few and card.row.symbol != "=")
    return replace(card, unfolded=unfolded)


def links_of(plan: Plan, urls: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Each blocker in words, with the page of the component it speaks of, where there is one."""
    for blocker in plan.blockers:
        where = steps(blocker.path)
        key = where[1] if where[:1] == ("components",) and len(where) > 1 else ""
        yield said(blocker.fault), urls.get(key, "")
