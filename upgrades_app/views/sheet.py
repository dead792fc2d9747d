"""A plan laid out for a page: one card a component, each question beside what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff

from templates_app.spec.shape import label
from upgrades_app.engine.plan import ComponentRow, FieldRow, Note, Plan, PlanState
from upgrades_app.engine.question import Question, QuestionKind

MANY = 12
"""With more changed components than this they are folded, except those with a question."""
LONG = 400


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a file's comparison; `css` is its class."""

    text: str
    css: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a card."""

    row: FieldRow
    name: str
    detail: str
    lines: tuple[TextLine, ...] = ()

    @property
    def own(self) -> bool:
        return self.row.source.startswith("yours")

    @property
    def impact(self) -> str:
        return self.row.impact.name.lower()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the form last said wrong about it."""

    question: Question
    error: str = ""

    @property
    def id(self) -> str:
        return f"question-{self.question.kind}-{self.question.id}".replace(".", "-")

    @property
    def is_value(self) -> bool:
        return self.question.kind in {QuestionKind.VALUE, QuestionKind.SECRET}

    @property
    def label(self) -> str:
        return self.question.path[-1] if self.is_value else self.question.sentence


@dataclass(frozen=True, slots=True)
class Card:
    """One component of the comparison."""

    row: ComponentRow
    lines: tuple[FieldLine, ...]
    asked: tuple[Asked, ...]
    unfolded: bool = True
    tickable: bool = False
    taken: bool = True

    @property
    def needs_answer(self) -> bool:
        return any(one.question.open for one in self.asked)

    @property
    def changes(self) -> int:
        return sum(line.row.changes for line in self.lines)

    @property
    def kept(self) -> int:
        return sum(not line.row.changes for line in self.lines)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole comparison. `unchanged` are cards too: what was kept there is told."""

    plan: Plan
    cards: tuple[Card, ...]
    unchanged: tuple[Card, ...]
    parameters: tuple[FieldLine, ...]
    asked: tuple[Asked, ...]
    others: tuple[Note, ...]
    notes: tuple[Note, ...]

    @property
    def everything_asked(self) -> tuple[Asked, ...]:
        inside = (one for card in (*self.cards, *self.unchanged) for one in card.asked)
        return (*self.asked, *inside)

    @property
    def open(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.everything_asked if one.question.open)

    @property
    def ticks(self) -> tuple[Card, ...]:
        """The components one may leave behind."""
        return tuple(card for card in self.cards if card.tickable)

    @property
    def left(self) -> bool:
        return any(not card.taken for card in self.ticks)

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
        one = Asked(question, _error(question, plan) if complain else "")
        (by_component[question.component] if question.component in keys else general).append(one)
    cards = [_card(row, by_component.get(row.key, []), tickable, taken) for row in plan.components]
    shown = [card for card in cards if card.row.symbol != "=" or card.asked or card.tickable]
    few = len(shown) <= MANY
    asked_about = {one.question.path for one in general}
    return Sheet(
        plan=plan,
        cards=tuple(_folded(card, few=few) for card in shown),
        unchanged=tuple(card for card in cards if card not in shown),
        parameters=tuple(_line(row) for row in plan.parameters if row.path not in asked_about),
        asked=tuple(general),
        others=tuple(note for note in plan.notes if note.kind == "pending"),
        notes=tuple(note for note in plan.notes if note.kind != "pending"),
    )


def tickable_keys(plan: Plan) -> tuple[str, ...]:
    """The components one may leave behind: those that this plan, with all of them, does something to."""
    asked = {one.component for one in plan.questions if one.kind is QuestionKind.REMOVED}
    found = [row.key for row in plan.components if row.key in plan.arrivals and (row.symbol != "=" or row.key in asked)]
    return tuple(found) if len(found) > 1 else ()


def _card(row: ComponentRow, asked: list[Asked], tickable: Collection[str], taken: Collection[str] | None) -> Card:
    places = {one.question.path for one in asked}
    lines = tuple(_line(one) for one in row.fields if one.path not in places)
    return Card(row, lines, tuple(asked), True, row.key in tickable, taken is None or row.key in taken)


def _folded(card: Card, *, few: bool) -> Card:
    unfolded = card.needs_answer or any(one.error for one in card.asked) or (few and card.row.symbol != "=")
    return Card(card.row, card.lines, card.asked, unfolded, card.tickable, card.taken)


def _line(row: FieldRow) -> FieldLine:
    if row.path[:1] == ("parameters",):
        return FieldLine(row, "Secret" if row.label.startswith("secret ") else "", row.path[-1])
    name, detail = _named(row.path)
    return FieldLine(row, name, detail, _text_lines(row))


def _named(path: tuple[str, ...]) -> tuple[str, str]:
    """The field in words, and the key inside it that is code: ("Environment", "LOG_LEVEL")."""
    whole, field = label(path), label(path[:3])
    return field, whole.removeprefix(field).strip()


def _text_lines(row: FieldRow) -> tuple[TextLine, ...]:
    before, after = row.before or "", row.after or ""
    if not row.changes or ("\n" not in before and "\n" not in after):
        return ()
    diff = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    cut = diff[:LONG] + ([f"@@ {len(diff) - LONG} more lines"] if len(diff) > LONG else [])
    return tuple(TextLine(text, _CLASSES.get(text[:1], "")) for text in cut)


_CLASSES = {"+": "line-new", "-": "line-removed", "@": "line-at"}


def _error(question: Question, plan: Plan) -> str:
    if question.open:
        return "Tick this, or leave the component out." if question.kind is QuestionKind.RISK else _UNANSWERED
    return next((one.message for one in plan.blockers if one.path == ".".join(question.path)), "")


_UNANSWERED = "This needs your answer."


def links_of(plan: Plan, urls: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Each blocker with the page of the component it speaks of, where there is one."""
    for blocker in plan.blockers:
        parts = blocker.path.split(".")
        key = parts[1] if parts[0] == "components" and len(parts) > 1 else ""
        yield str(blocker), urls.get(key, "")
