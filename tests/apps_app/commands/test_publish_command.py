"""`publish` at the console: what it prints, its exit codes, and its JSON."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from apps_app.models import Application, ReleaseRecord
from config.accounts.models import Role, Team
from templates_app.models import AppTemplate, TemplateVersion
from tests.apps_app.publishing import edited, source
from tests.factories import member
from tests.specs import WEB_AND_DB, WITH_REDIS, changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team) -> Application:
    return source(team)


def run(*args: str) -> int:
    try:
        call_command("publish", *args)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def told(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, dict[str, Any]]:
    code = run(*args, "--json")
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document


def test_it_publishes_synchronizes_and_releases_by_itself(
    shop: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("shop", "--template", "Shop", "--version", "1.0", "--notes", "First", "--alias", "Spring") == 0
    version = TemplateVersion.objects.get()
    assert (version.template.slug, version.state, version.notes, version.alias) == (
        "shop",
        "released",
        "First",
        "Spring",
    )
    out = capsys.readouterr().out
    assert "✓ db" in out
    assert "Released Shop 1.0." in out
    assert not ProcrastinateJob.objects.exists()


def test_its_json_says_what_became_of_each_component(shop: Application, capsys: pytest.CaptureFixture[str]) -> None:
    run("shop", "--template", "shop", "--version", "1.0")
    capsys.readouterr()
    edited(shop, WITH_REDIS)
    code, document = told(capsys, "shop", "--template", "shop", "--version", "1.1")
    assert code == 0
    assert (document["ok"], document["state"], document["version"]) == (True, "released", "1.1")
    assert {item["key"]: item["relation"] for item in document["components"]} == {
        "db": "unchanged",
        "redis": "new",
        "web": "changed",
    }


def test_a_draft_stops_before_it_is_released(shop: Application) -> None:
    assert run("shop", "--template", "Shop", "--version", "1.0", "--draft") == 0
    assert TemplateVersion.objects.get().state == "draft"
    assert set(TemplateVersion.objects.get().sync_records.values_list("status", flat=True)) == {"done"}


def test_what_cannot_be_synchronized_is_a_failure_and_waits(
    shop: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(shop, changed(WEB_AND_DB, "db", image="Postgres:17"))
    code, document = told(capsys, "shop", "--template", "Shop", "--version", "1.0")
    assert code == 1
    assert f"/releases/{ReleaseRecord.objects.get().pk}/sync/" in document["error"]
    assert TemplateVersion.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("shop", "--version", "1..0"), "did you mean 1.0?"),
        (("nothing", "--version", "1.0"), "no application nothing"),
        (("shop", "--version", "1.0", "--leave-out", "db"), "db is needed by web"),
        (("shop", "--version", "1.0", "--fix", "NOTHING"), "no parameter NOTHING"),
        (("shop", "--version", "1.0", "--fix", "WORKERS", "--ask", "WORKERS"), "two ways"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    shop: Application, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], said: str
) -> None:
    code, document = told(capsys, *args, "--template", "Shop")
    assert (code, document["ok"]) == (2, False)
    assert said in document["error"]
    assert not AppTemplate.objects.exists()


def test_choices_are_made_by_switches(shop: Application) -> None:
    assert run("shop", "--template", "Shop", "--version", "1.0", "--leave-out", "db", "--cut", "--fix", "WORKERS") == 0
    version = TemplateVersion.objects.get()
    assert set(version.spec.components) == {"web"}
    assert version.spec.parameters["WORKERS"].fixed is True
    assert ReleaseRecord.objects.get().left_out == ["db"]


def test_it_acts_with_the_roles_of_the_user_it_is_run_as(
    shop: Application, team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    member(team, Role.OPERATOR, username="olive")
    member(team, Role.PUBLISHER, username="pete")
    desired = ("shop", "--template", "Shop", "--version", "1.0", "--as")
    assert run(*desired, "olive") == 2
    assert run(*desired, "pete") == 0
    assert ReleaseRecord.objects.get().by_label == "pete"


def test_an_image_that_moves_is_said_and_no_reason_to_stop(
    shop: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(shop, changed(WEB_AND_DB, "db", image="postgres:alpine"))
    assert run("shop", "--template", "Shop", "--version", "1.0") == 0
    assert "! db: postgres:alpine: a tag that moves" in capsys.readouterr().out
