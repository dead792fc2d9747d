"""Command-line options of the upgrade commands, and the answers they give to plan questions."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec, Parameter
from upgrades_app.commands.port_options import resolve_port_options
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.models import UpgradeRecord

MAX_SECRET_BYTES = 1024 * 1024
CHOICE_KINDS = frozenset(QuestionKind) - {QuestionKind.VALUE, QuestionKind.SECRET, QuestionKind.PORT}
"""Questions answered with --answer; values and ports have their own options."""


def add_value_options(parser: ArgumentParser) -> None:
    repeatable: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--set", metavar="K=V", help="set a parameter", **repeatable)
    parser.add_argument(
        "--secret-from-file",
        metavar="K=PATH",
        help="set a secret parameter from a file, so that it does not appear in process lists",
        **repeatable,
    )


def add_port_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        action="append",
        default=[],
        metavar="KEY:PORT=OTHER",
        help="publish a port on another host port, for example web:8080=8081 or dns:53/udp=5353",
    )


def add_merge_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--on-conflict",
        choices=("refuse", "ours", "theirs"),
        default="refuse",
        help="resolve fields changed both locally and in the template (default: refuse)",
    )
    parser.add_argument(
        "--on-removed",
        choices=("refuse", "keep", "remove"),
        default="refuse",
        help="handle components removed from the template (default: refuse)",
    )
    parser.add_argument("--accept-data-risk", action="store_true", help="accept steps that may cause data loss")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="QUESTION=CHOICE",
        help="answer a question by its name from --dry-run",
    )


def add_run_options(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", default="", metavar="R", help="reason shown on the record")
    parser.add_argument(
        "--on-failure",
        choices=UpgradeRecord.Policy.values,
        default=UpgradeRecord.Policy.ROLL_BACK.value,
        help="roll back all changes (default), or continue with the remaining steps",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the plan and its digest; exits with 3 if there are changes"
    )
    parser.add_argument("--plan", metavar="DIGEST", help="only run the plan with this digest from --dry-run")
    parser.add_argument(
        "--yes", action="store_true", help="confirm the plan; does not answer questions or accept data risk"
    )
    parser.add_argument("--detach", action="store_true", help="queue the operation for a worker and exit")


@dataclass(frozen=True, slots=True)
class UpgradeOptions:
    """Parsed options. `answers` is keyed by question name."""

    values: Mapping[str, str] = field(default_factory=dict)
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
    def from_arguments(cls, options: Mapping[str, Any]) -> Self:
        """Parse the options of a command; missing ones take their defaults. Raises OperationRefused."""
        files = parse_pairs("--secret-from-file", options.get("secret_from_file", ()))
        only: list[str] = options.get("only") or []
        digest: str = options["plan"] or ""
        return cls(
            values=parse_pairs("--set", options.get("set", ())),
            from_files={name: _read_file(Path(path)) for name, path in files.items()},
            only=frozenset(only) or None,
            on_conflict=options.get("on_conflict", "refuse"),
            on_removed=options.get("on_removed", "refuse"),
            accept_data_risk=options.get("accept_data_risk", False),
            answers=_build_answers(options.get("answer", ())),
            reason=options["reason"],
            policy=options["on_failure"],
            dry_run=options["dry_run"],
            ports=parse_pairs("--port", options.get("port", ())),
            digest=f"sha256:{digest.removeprefix('sha256:')}" if digest else "",
            yes=options["yes"],
            detach=options["detach"],
        )

    def resolve_ports(self, *specs: AppSpec) -> Self:
        """Resolve the ports of --port in these specs. Raises OperationRefused."""
        return replace(self, port_ids=resolve_port_options(specs, self.ports)) if self.ports else self

    def build_first_answers(self, parameters: Mapping[str, Parameter], chosen: Mapping[str, str]) -> Answers:
        """Build answers from the options and the choices made so far. Raises OperationRefused."""
        read = Answers.parse({**self._parse_values(parameters), **chosen}, only=self.only)
        read = replace(read, ports=self.port_ids)
        return replace(read, accept_data_risk=True) if self.accept_data_risk else read

    def build_answers(self, plan: Plan) -> dict[str, str]:
        """Return the choices the options make for a plan, by question name. Raises OperationRefused."""
        return {
            question.name: choice for question in plan.questions if (choice := self._choose_side(question)) is not None
        }

    def check_all_used(self, plan: Plan) -> None:
        """Raise OperationRefused if an answer matches no question of the plan."""
        unused = sorted(self.answers.keys() - {question.name for question in plan.questions})
        if unused:
            names = [question.name for question in plan.questions if question.kind in CHOICE_KINDS]
            raise OperationRefused(f"The plan has no question {', '.join(unused)}.", names)

    def _choose_side(self, question: Question) -> str | None:
        if (text := self.answers.get(question.name)) is not None:
            allowed = [option.value for option in question.options]
            if text not in allowed:
                raise OperationRefused(f"Invalid answer “{text}” to {question.name}. Choose {' or '.join(allowed)}.")
            return text
        policies = {QuestionKind.CONFLICT: self.on_conflict, QuestionKind.REMOVED: self.on_removed}
        policy = policies.get(question.kind, "refuse")
        return None if policy == "refuse" else policy

    def _parse_values(self, parameters: Mapping[str, Parameter]) -> dict[str, str]:
        """Return the values by question name; secrets are named differently."""
        exposed = sorted(name for name in self.values if name in parameters and parameters[name].secret)
        if exposed:
            names = ", ".join(exposed)
            raise OperationRefused(f"{names}: set secrets with --secret-from-file, not with --set.")
        both = sorted(self.values.keys() & self.from_files.keys())
        if both:
            raise OperationRefused(f"{', '.join(both)} is set with both --set and --secret-from-file.")
        sealed = {name for name, parameter in parameters.items() if parameter.secret or parameter.generate}
        sealed |= self.from_files.keys() - parameters.keys()
        values = {**self.values, **self.from_files}
        return {f"{'secret' if name in sealed else 'value'}:{name}": text for name, text in values.items()}


def parse_pairs(option: str, texts: Iterable[str]) -> dict[str, str]:
    """Parse "K=V" options with unique names. Raises OperationRefused."""
    result: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise OperationRefused(f"{option} expects NAME=VALUE, not “{name}”.")
        if name in result:
            raise OperationRefused(f"{option} sets {name} twice.")
        result[name] = value
    return result


def _build_answers(texts: Iterable[str]) -> dict[str, str]:
    """Parse "QUESTION=CHOICE" options; only the question name may contain "="."""
    result: dict[str, str] = {}
    for text in texts:
        name, _, choice = text.rpartition("=")
        kind = name.partition(":")[0]
        if kind not in CHOICE_KINDS:
            kinds = ", ".join(sorted(CHOICE_KINDS))
            raise OperationRefused(f"--answer expects QUESTION=CHOICE with a question of kind {kinds}, not “{text}”.")
        result[name] = choice
    return result


def _read_file(path: Path) -> str:
    """Return the text of a file without its trailing newline."""
    try:
        if path.stat().st_size > MAX_SECRET_BYTES:
            raise OperationRefused(f"{path} is larger than {MAX_SECRET_BYTES // 1024} KiB.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OperationRefused(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise OperationRefused(f"{path} is not UTF-8 text.") from error
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise OperationRefused(f"{path} is empty.")
    return text
