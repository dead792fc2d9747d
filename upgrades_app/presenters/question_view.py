"""One question of a plan as a page asks it."""

from __future__ import annotations

from dataclasses import dataclass

from templates_app.appspec.diff.field_change import words
from upgrades_app.engine.inputs.question import Option, Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.presenters.field_view import TextLine, text_lines


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the form last said wrong about it."""

    question: Question
    error: str = ""

    @property
    def id(self) -> str:
        return f"question-{self.question.kind}-{self.question.id}".replace(".", "-").replace(" ", "-")

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """Yours against theirs line by line, where they are too long for a button."""
        if self.question.kind is not QuestionKind.CONFLICT:
            return ()
        ours, theirs = (choice.label for choice in self.question.choices)
        before = ours.removeprefix("keep ").removesuffix(" (yours)")
        return text_lines(before, theirs.removeprefix("take ").rpartition(" (")[0])

    @property
    def legend(self) -> str:
        if self.question.kind is QuestionKind.RISK:
            return f"{self.question.component}'s data could be at risk: {self.question.sentence}"
        if self.lines:
            return f"{self.question.component} {words(self.question.path)}: you changed it, and so did the other side"
        return self.question.sentence

    @property
    def options(self) -> tuple[Option, ...]:
        if self.lines:
            return (Option(value="ours", label="keep yours (−)"), Option(value="theirs", label="take the other (+)"))
        return self.question.choices

    @property
    def said(self) -> str:
        """What holds now, for somebody who may only look."""
        chosen = self.question.chosen
        if chosen is None:
            return "Nobody has decided this yet."
        label = next((option.label for option in self.options if option.value == chosen), chosen)
        return f"As it stands: {label}" if label else "As it stands: left empty"

    @property
    def is_value(self) -> bool:
        return self.question.kind in {QuestionKind.VALUE, QuestionKind.SECRET, QuestionKind.PORT}


def error_of(question: Question, plan: Plan) -> str:
    if question.open:
        return "Tick this, or leave the component out." if question.kind is QuestionKind.RISK else _UNANSWERED
    return next((blocker.message for blocker in plan.blockers if blocker.path == ".".join(question.path)), "")


_UNANSWERED = "This needs your answer."
