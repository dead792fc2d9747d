"""What the commands of the road take on the command line, and how it becomes the answers to a plan's questions."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec, Parameter
from upgrades_app.commands.port_options import ports_in
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.models import UpgradeRecord

MOST_SECRET = 1024 * 1024
CHOSEN = frozenset(QuestionKind) - {QuestionKind.VALUE, QuestionKind.SECRET, QuestionKind.PORT}
"""Questions with a choice; values and ports are given by switches of their own."""


def add_value_switches(parser: ArgumentParser) -> None:
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--set", metavar="K=V", help="a value of a parameter", **several)
    parser.add_argument(
        "--secret-from-file",
        metavar="K=PATH",
        help="a value that no process list shows: the file's text",
        **several,
    )


def add_port_switch(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        action="append",
        default=[],
        metavar="KEY:PORT=OTHER",
        help="publish a port that the version names itself on another one, as web:8080=8081 or dns:53/udp=5353",
    )


def add_merge_switches(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--on-conflict", choices=("refuse", "ours", "theirs"), default="refuse", help="what both sides changed"
    )
    parser.add_argument(
        "--on-removed", choices=("refuse", "keep", "remove"), default="refuse", help="components that are dropped"
    )
    parser.add_argument("--accept-data-risk", action="store_true", help="there is a backup, or the data may be lost")
    parser.add_argument(
        "--answer", action="append", default=[], metavar="QUESTION=CHOICE", help="one question, as --dry-run names it"
    )


def add_running_switches(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", default="", metavar="R", help="stands on the record")
    parser.add_argument(
        "--on-failure",
        choices=UpgradeRecord.Policy.values,
        default=UpgradeRecord.Policy.ROLL_BACK.value,
        help="put everything back (default), or go on with the rest",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan and its digest; 3: there is work to do")
    parser.add_argument("--plan", metavar="DIGEST", help="run this plan, as --dry-run printed it, and no other")
    parser.add_argument("--yes", action="store_true", help="confirm; it answers no question and accepts no risk")
    parser.add_argument("--detach", action="store_true", help="leave the work to a worker and end")


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches as they were read. `answers` is by the question's name."""

    given: Mapping[str, str] = field(default_factory=dict)
    from_files: Mapping[str, str] = field(default_factory=dict, repr=False)
    only: frozenset[str] | None = None
    on_conflict: str = "refuse"
    on_removed: str = "refuse"
    accept_data_risk: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    policy: str = UpgradeRecord.Policy.ROLL_BACK
    dry_run: bool = False
    ports: Mapping[str, str] = field(default_factory=dict)
    port_ids: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""
    yes: bool = False
    detach: bool = False

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """From a command's options; those it does not have are as if not given. Raises Refused."""
        files = pairs("--secret-from-file", options.get("secret_from_file", ()))
        only: list[str] = options.get("only") or []
        digest: str = options["plan"] or ""
        return cls(
            given=pairs("--set", options.get("set", ())),
            from_files={name: _held(Path(path)) for name, path in files.items()},
            only=frozenset(only) or None,
            on_conflict=options.get("on_conflict", "refuse"),
            on_removed=options.get("on_removed", "refuse"),
            accept_data_risk=options.get("accept_data_risk", False),
            answers=_answers(options.get("answer", ())),
            reason=options["reason"],
            policy=options["on_failure"],
            dry_run=options["dry_run"],
            ports=pairs("--port", options.get("port", ())),
            digest=f"sha256:{digest.removeprefix('sha256:')}" if digest else "",
            yes=options["yes"],
            detach=options["detach"],
        )

    def with_ports_of(self, *specs: AppSpec) -> Self:
        """The same, with the ports of --port found in these documents. Raises Refused."""
        return replace(self, port_ids=ports_in(specs, self.ports)) if self.ports else self

    def first_answers(self, parameters: Mapping[str, Parameter], chosen: Mapping[str, str]) -> Answers:
        """The values that were given, and what was `chosen` so far, by question. Raises Refused."""
        read = Answers.read({**self._values(parameters), **chosen}, only=self.only)
        read = replace(read, ports=self.port_ids)
        return replace(read, accept_data_risk=True) if self.accept_data_risk else read

    def choices(self, plan: Plan) -> dict[str, str]:
        """What the switches say to the questions of a plan, by the question's name. Raises Refused."""
        return {question.name: choice for question in plan.questions if (choice := self._choice(question)) is not None}

    def refuse_unasked(self, plan: Plan) -> None:
        """Raises Refused for an answer to which the plan has no question."""
        unused = sorted(self.answers.keys() - {question.name for question in plan.questions})
        if unused:
            names = [question.name for question in plan.questions if question.kind in CHOSEN]
            raise Refused(f"There is no question {', '.join(unused)}.", names)

    def _choice(self, question: Question) -> str | None:
        if (text := self.answers.get(question.name)) is not None:
            allowed = [choice.value for choice in question.choices]
            if text not in allowed:
                raise Refused(f"The answer to {question.name} is {' or '.join(allowed)}, not {text}.")
            return text
        policies = {QuestionKind.CONFLICT: self.on_conflict, QuestionKind.REMOVED: self.on_removed}
        policy = policies.get(question.kind, "refuse")
        return None if policy == "refuse" else policy

    def _values(self, parameters: Mapping[str, Parameter]) -> dict[str, str]:
        """By the names of questions, which tell what is kept sealed."""
        exposed = sorted(name for name in self.given if name in parameters and parameters[name].secret)
        if exposed:
            names = ", ".join(exposed)
            raise Refused(f"{names}: a secret is given with --secret-from-file, where no process list shows it.")
        both = sorted(self.given.keys() & self.from_files.keys())
        if both:
            raise Refused(f"{', '.join(both)} is given twice, by --set and by --secret-from-file.")
        sealed = {name for name, parameter in parameters.items() if parameter.secret or parameter.generate}
        sealed |= self.from_files.keys() - parameters.keys()
        values = {**self.given, **self.from_files}
        return {f"{'secret' if name in sealed else 'value'}:{name}": text for name, text in values.items()}


def pairs(switch: str, provided: Iterable[str]) -> dict[str, str]:
    """ "K=V" each, a name once. Raises Refused."""
    result: dict[str, str] = {}
    for text in provided:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Refused(f"{switch} takes NAME=VALUE, not '{name}'.")
        if name in result:
            raise Refused(f"{switch} gives {name} twice.")
        result[name] = value
    return result


def _answers(provided: Iterable[str]) -> dict[str, str]:
    """The question's name may hold "=", the choice never."""
    result: dict[str, str] = {}
    for text in provided:
        name, _, choice = text.rpartition("=")
        kind = name.partition(":")[0]
        if kind not in CHOSEN:
            kinds = ", ".join(sorted(CHOSEN))
            raise Refused(f"--answer takes QUESTION=CHOICE, and a question is one of {kinds}, not '{text}'.")
        result[name] = choice
    return result


def _held(path: Path) -> str:
    """The text of a file without the newline that ends it."""
    try:
        if path.stat().st_size > MOST_SECRET:
            raise Refused(f"{path} is larger than {MOST_SECRET // 1024} KiB.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8 text.") from error
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise Refused(f"{path} is empty.")
    return text
