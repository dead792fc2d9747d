"""The base of Uplift's own commands: who acts, what is printed, and the exit code.

0 done, 1 failed, 2 usage or refused (with the sentence why), 3 there is something to do.
"""

from __future__ import annotations

import json
import sys
import traceback
from argparse import RawDescriptionHelpFormatter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, override

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.core.serializers.json import DjangoJSONEncoder
from django.db.utils import OperationalError

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import User
from config.accounts.sealing.key_verification import verify_key
from config.accounts.sealing.sealed import WrongKey
from config.errors import OperationRefused
from config.schema import migrate_embedded_database

if TYPE_CHECKING:
    from collections.abc import Mapping

DONE, FAILED, REFUSED, TO_DO = 0, 1, 2, 3
RARE = frozenset(
    {"--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color"}
)


class CommandFailed(Exception):
    """It was tried and did not work, also when all was put back (exit code 1); ``details`` go into the JSON."""

    def __init__(self, sentence: str, **details: Any) -> None:
        self.sentence = sentence
        self.details = details
        super().__init__(sentence)


@dataclass(frozen=True)
class CommandOutcome:
    """What a command ends with: lines for people, ``data`` for --json, an exit code (DONE, FAILED or TO_DO)."""

    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    code: int = DONE


class _Formatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the lines of the examples as they are written."""


class UpliftCommand(BaseCommand):
    """Subclasses set ``help`` and ``examples``, add arguments in ``arguments``, and do their work in ``work``."""

    examples: str = ""
    suppressed_base_arguments = set(RARE)
    requires_system_checks = ()
    needs_key = True
    json = False
    actor: Actor

    def arguments(self, parser: CommandParser) -> None:
        """Adds the command's own arguments."""

    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        """Does it, as ``self.actor``. Raises ``Refused`` or ``Forbidden`` (exit code 2), or ``Failed`` (1)."""
        raise NotImplementedError

    def say(self, line: str = "") -> None:
        """A line for people at once; nothing with --json."""
        if not self.json:
            self.stdout.write(line)
            self.stdout.flush()

    def progress(self, line: str) -> None:
        """A line for somebody who watches: on a terminal only."""
        if self.stdout.isatty():
            self.say(line)

    @override
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A switch of ours takes the place of Django's of that name: ``--version`` is a template's here."""
        epilog = f"examples:\n{self.examples.rstrip()}" if self.examples else None
        own = {"formatter_class": _Formatter, "epilog": epilog, "conflict_handler": "resolve"}
        return super().create_parser(prog_name, subcommand, **own, **kwargs)

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        self.arguments(parser)
        parser.add_argument("--as", dest="as_user", metavar="USER", help="act as this user, with this user's roles")
        parser.add_argument("--json", action="store_true", help="print one JSON document only")

    @override
    def run_from_argv(self, argv: list[str]) -> None:
        if "--json" not in argv:
            super().run_from_argv(argv)
            return
        try:
            self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        except CommandError as usage:
            self.json = True
            sys.exit(self._complain(str(usage), REFUSED))
        super().run_from_argv(argv)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        self.json = options.pop("json")
        code = self._attempt(options.pop("as_user"), options)
        if code:
            sys.exit(code)

    def _attempt(self, as_user: str | None, options: dict[str, Any]) -> int:
        try:
            if self.needs_key:
                migrate_embedded_database(self.progress)
                verify_key()
            self.actor = _get_actor(as_user)
            outcome = self.work(**options)
        except OperationRefused as refused:
            return self._complain(refused.sentence, REFUSED, faults=refused.faults, url=refused.url)
        except Forbidden as forbidden:
            return self._complain(forbidden.sentence, REFUSED)
        except WrongKey as wrong:
            return self._complain(str(wrong), REFUSED)
        except CommandFailed as failed:
            return self._complain(failed.sentence, FAILED, **failed.details)
        except OperationalError as error:
            return self._complain(f"Database error: {str(error).strip()}", FAILED)
        except Exception as error:
            if not self.json:
                raise
            traceback.print_exc(file=sys.stderr)
            return self._complain(f"{type(error).__name__}: {error}", FAILED)
        return self._tell(outcome)

    def _tell(self, outcome: CommandOutcome) -> int:
        for line in outcome.lines:
            self.say(line)
        if self.json:
            self._print_json({"ok": outcome.code != FAILED, **outcome.data})
        return outcome.code

    def _complain(self, sentence: str, code: int, **details: Any) -> int:
        if self.json:
            self._print_json({"ok": False, "error": sentence} | {k: v for k, v in details.items() if v})
            return code
        self.stderr.write(sentence)
        for fault in details.get("faults", ()):
            self.stderr.write(f"  {fault}")
        return code

    def _print_json(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, cls=DjangoJSONEncoder, ensure_ascii=False))


def _get_actor(username: str | None) -> Actor:
    if username is None:
        return Actor.system()
    try:
        return Actor.from_user(User.objects.get(username=username, is_active=True))
    except User.DoesNotExist:
        raise OperationRefused(f"Unknown or inactive user {username}.") from None
