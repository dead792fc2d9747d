"""show_secret: to standard output and nowhere else, audited, for operators."""

import json
import logging

import pytest
from django.core.management import call_command

from apps_app.models import Application, Value
from config.accounts.models import AuditEntry, Team, User
from tests.factories import application
from tests.specs import WEB_AND_DB

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(team: Team) -> Application:
    created = application(WEB_AND_DB, team=team, slug="shop", name="Shop")
    Value.objects.create(application=created, name="DB_PASSWORD", secret=True, desired="new-one", applied="old-one")
    Value.objects.create(application=created, name="WORKERS", desired="8")
    return created


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = 0
    try:
        call_command("show_secret", *words)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_it_prints_the_value_alone_and_notes_who_asked(
    operator: User, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert run(capsys, "shop", "DB_PASSWORD", "--as", "operator") == (0, "new-one\n", "")
    assert "new-one" not in caplog.text
    entry = AuditEntry.objects.get(verb="revealed")
    assert (entry.actor, entry.label) == ("operator", "DB_PASSWORD of Shop")


def test_the_one_on_the_target_while_another_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "shop", "DB_PASSWORD", "--applied")[1] == "old-one\n"
    assert json.loads(run(capsys, "shop", "DB_PASSWORD", "--json")[1])["value"] == "new-one"
    assert AuditEntry.objects.filter(verb="revealed").count() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shop", "WORKERS"), "WORKERS is no secret"),
        (("shop", "NOTHING"), "Shop has no value of NOTHING."),
        (("nowhere", "DB_PASSWORD"), "There is no application nowhere."),
        (("shop", "DB_PASSWORD", "--as", "viewer"), "this takes an operator"),
        (("shop", "DB_PASSWORD", "--as", "stranger"), "There is no application shop."),
    ],
)
def test_refused_with_the_reason_and_without_an_entry(
    words: tuple[str, ...], said: str, viewer: User, stranger: User, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert not AuditEntry.objects.filter(verb="revealed").exists()
