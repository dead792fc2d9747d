"""Questions of a plan that only the operator can answer."""

from enum import StrEnum

from templates_app.appspec.schema.component import Record
from upgrades_app.engine.inputs.message import Message, MessageCode
from upgrades_app.engine.inputs.plan_rows import Provenance


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
    """One possible answer. `text` is the value that it stands for, if any; `origin` is where that value comes from."""

    value: str
    code: MessageCode
    origin: Provenance = Provenance.NONE
    text: str | None = None


class Question(Record):
    """One question. No `options`: free text. `answer` of a secret is never its value.

    `default` holds without an answer; a question without answer and default is open.
    """

    kind: QuestionKind
    id: str
    prompt: Message
    options: tuple[Option, ...] = ()
    default: str | None = None
    answer: str | None = None
    component: str = ""
    path: tuple[str, ...] = ()
    detail: Message | None = None

    @property
    def name(self) -> str:
        """Unique in a plan; the name of its field in a form."""
        return f"{self.kind}:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.answer is None and self.default is None

    @property
    def effective_answer(self) -> str | None:
        """The answer, else the default."""
        return self.default if self.answer is None else self.answer
