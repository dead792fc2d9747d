"""What only the operator can decide, as objects that pages, commands and tests show alike."""

from enum import StrEnum

from templates_app.appspec.schema.component import Record


class QuestionKind(StrEnum):
    """What a question is about; its answer goes to the field of `Answers` of that meaning."""

    CONFLICT = "conflict"
    REMOVED = "removed"
    VALUE = "value"
    SECRET = "secret"  # noqa: S105 - the word, not one
    RISK = "risk"
    VOLUME = "volume"
    DRIFT = "drift"
    PORT = "port"


class Option(Record):
    """One possible answer, and how people read it."""

    value: str
    label: str


class Question(Record):
    """One question. `choices` empty: free text. `answer` of a secret is never its value.

    `default` is what holds while nobody answers; a question without answer and default is open.
    """

    kind: QuestionKind
    id: str
    sentence: str
    choices: tuple[Option, ...] = ()
    default: str | None = None
    answer: str | None = None
    component: str = ""
    path: tuple[str, ...] = ()
    detail: str = ""

    @property
    def name(self) -> str:
        """Unique in a plan; the name of its field in a form."""
        return f"{self.kind}:{self.id}"

    @property
    def open(self) -> bool:
        return self.answer is None and self.default is None

    @property
    def chosen(self) -> str | None:
        """What holds now."""
        return self.default if self.answer is None else self.answer
