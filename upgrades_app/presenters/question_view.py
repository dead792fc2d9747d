"""View model of one question of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.presenters.field_view import TextLine, diff_text_lines
from upgrades_app.presenters.messages import (
    describe_detail,
    describe_message,
    describe_option,
    describe_question,
    option_text,
)

_SHORT_LABELS = {
    MessageCode.KEEP_LOCAL: "Keep local value (−)",
    MessageCode.TAKE_TEMPLATE: "Use template value (+)",
    MessageCode.TAKE_PREVIOUS: "Restore previous value (+)",
}
"""Labels of options whose values a line diff shows."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """One option of a question."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with the error of its form field."""

    question: Question
    error: str = ""

    @property
    def id(self) -> str:
        return f"question-{self.question.kind}-{self.question.id}".replace(".", "-").replace(" ", "-")

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """The local value against the other one line by line, where they are too long for a button."""
        if self.question.kind is not QuestionKind.CONFLICT:
            return ()
        local, other = (option_text(option) for option in self.question.options)
        return diff_text_lines(local, other)

    @property
    def text(self) -> str:
        return describe_question(self.question)

    @property
    def detail(self) -> str:
        return describe_detail(self.question)

    @property
    def legend(self) -> str:
        return describe_message(self.question.prompt) if self.lines else self.text

    @property
    def options(self) -> tuple[OptionView, ...]:
        if self.lines:
            return tuple(OptionView(option.value, _SHORT_LABELS[option.code]) for option in self.question.options)
        return tuple(
            OptionView(option.value, describe_option(self.question, option)) for option in self.question.options
        )

    @property
    def current_answer(self) -> str:
        """The answer that holds now, for users who may only view."""
        chosen = self.question.effective_answer
        if chosen is None:
            return "Not answered yet."
        label = next((option.label for option in self.options if option.value == chosen), chosen)
        return f"Current answer: {label or 'empty'}"

    @property
    def is_value(self) -> bool:
        return self.question.kind in {QuestionKind.VALUE, QuestionKind.SECRET, QuestionKind.PORT}


def find_error(question: Question, plan: Plan) -> str:
    if question.is_open:
        return "Accept the risk, or leave the component out." if question.kind is QuestionKind.RISK else _UNANSWERED
    return next((describe_message(blocker) for blocker in plan.blockers if blocker.path == ".".join(question.path)), "")


_UNANSWERED = "This needs your answer."
