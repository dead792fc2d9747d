"""What every command of ours has in common: who acts, the exit code, and JSON that is only JSON."""

import json
import sys
from typing import Any

import pytest
from django.core.management.base import CommandParser
from django.db.utils import OperationalError

from config.accounts.access.actor import Actor
from config.accounts.models import Role, Team, User
from config.commands import TO_DO, CommandFailed, CommandOutcome, UpliftCommand
from config.errors import OperationRefused

pytestmark = pytest.mark.django_db


class Greet(UpliftCommand):
    help = "Greets somebody of team Shop."
    examples = "  greet ada --loud\n"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")

    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        name: str = options["name"]
        match name:
            case "nobody":
                raise OperationRefused("There is no such person.", ["name: nobody"])
            case "wall":
                raise CommandFailed("The wall does not answer.", tried=3)
            case "bug":
                raise RuntimeError("unforeseen")
            case "offline":
                raise OperationalError("connection refused")
            case "team":
                self.actor.require(Team.objects.get(slug="shop"), Role.OPERATOR)
            case "later":
                return CommandOutcome(("later is to be greeted",), {"name": name}, TO_DO)
        self.progress("greeting")
        return CommandOutcome((f"{self.actor} greets {name}",), {"name": name})


class Run:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            # A command's streams are the ones of the moment it is made.
            Greet(stdout=sys.stdout, stderr=sys.stderr, no_color=True).run_from_argv(["manage.py", "greet", *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self.capsys.readouterr()
        return code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("config.commands.Actor.system", lambda: Actor(None, "ada"))
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    return Run(capsys)


def test_done(run: Run) -> None:
    assert run("bob") == (0, "ada greets bob\n", "")


def test_something_to_do(run: Run) -> None:
    assert run("later") == (3, "later is to be greeted\n", "")


def test_refused(run: Run) -> None:
    assert run("nobody") == (2, "", "There is no such person.\n  name: nobody\n")


def test_failed(run: Run) -> None:
    assert run("wall") == (1, "", "The wall does not answer.\n")


def test_a_database_that_is_away_is_a_sentence(run: Run) -> None:
    assert run("offline") == (1, "", "Database error: connection refused\n")


def test_usage(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "the following arguments are required: name" in err


def test_help_shows_the_examples(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "examples:\n  greet ada --loud" in out
    assert "--pythonpath" not in out


class TestJson:
    @pytest.mark.parametrize(
        ("arguments", "code", "document"),
        [
            (["bob"], 0, {"ok": True, "name": "bob"}),
            (["later"], 3, {"ok": True, "name": "later"}),
            (["nobody"], 2, {"ok": False, "error": "There is no such person.", "faults": ["name: nobody"]}),
            (["wall"], 1, {"ok": False, "error": "The wall does not answer.", "tried": 3}),
            (["bug"], 1, {"ok": False, "error": "RuntimeError: unforeseen"}),
            (["bob", "--as", "eve"], 2, {"ok": False, "error": "Unknown or inactive user eve."}),
        ],
    )
    def test_one_document(self, run: Run, arguments: list[str], code: int, document: dict[str, object]) -> None:
        ended, out, _ = run(*arguments, "--json")
        assert ended == code
        assert json.loads(out) == document

    def test_usage_too(self, run: Run) -> None:
        code, out, err = run("--json")
        assert (code, err) == (2, "")
        assert json.loads(out)["error"].endswith("the following arguments are required: name")


class TestAs:
    def test_one_who_may(self, run: Run, operator: User) -> None:
        assert run("team", "--as", "operator") == (0, "operator greets team\n", "")

    def test_one_who_may_not(self, run: Run, viewer: User) -> None:
        refusal = "You are a viewer of team Shop; this requires an operator.\n"
        assert run("team", "--as", "viewer") == (2, "", refusal)

    def test_one_who_was_deactivated(self, run: Run, operator: User) -> None:
        User.objects.filter(pk=operator.pk).update(is_active=False)
        assert run("team", "--as", "operator")[0] == 2
