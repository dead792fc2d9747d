"""`attach` at the console: what it prints, its exit codes, and its JSON."""

from pathlib import Path

import pytest

from apps_app.models import Application, Installation, Target
from config.accounts.models import Role, Team
from config.accounts.sealing.sealed import Secret
from templates_app.models import TemplateVersion
from tests.apps_app.rows import all_held
from tests.factories import application, member
from tests.specs import EMPTY, WEB_AND_DB, WEB_RENAMED, added, changed
from tests.upgrades_app.commands.conftest import Command
from tests.upgrades_app.road import moved
from upgrades_app.engine.inputs.planning_input import Kind

pytestmark = pytest.mark.django_db
TO_SHOP = ("--template", "shop", "--version", "1.0")


@pytest.fixture
def mine(team: Team, first: TemplateVersion, files: Target) -> Application:
    env = {**WEB_AND_DB.components["web"].env, "WORKERS": "4", "MINE": "1"}
    spec = added(changed(WEB_RENAMED, "shop", env=env), mailer={"image": "mail:1"})
    created = application(spec, team=team, slug="mine", name="Mine", target=files)
    created.values.create(name="DB_PASSWORD", secret=True, desired=Secret("s3cret"))
    return created


def test_a_dry_run_says_what_it_would_make_of_it(mine: Application, command: Command) -> None:
    ended = command("attach", "mine", *TO_SHOP, "--dry-run")
    assert ended.code == 3
    assert "web                  shop  (same image, shop/web)" in ended.out
    assert "mailer               stays its own" in ended.out
    assert "value WORKERS = 4" in ended.out
    assert "value DB_PASSWORD = ••" in ended.out
    assert "1 local change. Nothing on the target changes." in ended.out
    assert "s3cret" not in ended.out
    assert not Installation.objects.exists()


def test_it_attaches_and_the_application_upgrades(mine: Application, second: TemplateVersion, command: Command) -> None:
    moved(mine, Kind.CHANGE, None)
    assert command("attach", "mine", *TO_SHOP, "--yes").code == 0
    assert command("outdated", "--template", "shop").code == 3
    assert command("upgrade", "mine", "--to", "1.1", "--accept-data-risk", "--yes").code == 0
    assert Installation.objects.get(application=mine).version == second
    assert all_held(mine)["WORKERS"] == "4"


def test_its_json_holds_no_secret(mine: Application, command: Command) -> None:
    ended = command("attach", "mine", *TO_SHOP, "--yes", "--json")
    document = ended.document
    assert (ended.code, document["attached"], document["secrets"]) == (0, True, ["DB_PASSWORD"])
    assert document["values"] == {"WORKERS": "4"}
    assert document["own"] == ["mailer"]
    assert [item["path"] for item in document["local_changes"]] == ["components.shop.env.MINE"]
    assert "s3cret" not in ended.out


def test_components_and_values_are_said_by_hand(mine: Application, command: Command, tmp_path: Path) -> None:
    words = ("attach", "mine", *TO_SHOP, "--map", "web=", "--leave-out", "db", "--json", "--dry-run")
    refused = command(*words)
    assert (refused.code, "say which one here stands for it" in refused.out) == (2, True)
    ended = command("attach", "mine", *TO_SHOP, "--leave-out", "web", "--set", "WORKERS=7", "--json", "--yes")
    assert [item["state"] for item in ended.document["components"]] == ["present", "removed_locally"]
    assert all_held(mine)["WORKERS"] == "7"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing", *TO_SHOP), "There is no application nothing."),
        (("mine", "--template", "none", "--version", "1.0"), "There is no template none."),
        (("mine", "--template", "shop", "--version", "9"), "has no version 9"),
        (("mine", *TO_SHOP, "--map", "web"), "--map takes NAME=VALUE"),
        (("mine", *TO_SHOP, "--map", "none=shop"), "the version has no component none"),
        (("mine", *TO_SHOP, "--set", "DB_PASSWORD=x"), "a secret is given with --secret-from-file"),
        (("mine", *TO_SHOP, "--set", "WEB_IMAGE=x"), "is decided by the version"),
        (("mine", *TO_SHOP), "There is no terminal to ask on: confirm with --yes."),
    ],
)
def test_refusals_leave_nothing_behind(mine: Application, command: Command, words: tuple[str, ...], said: str) -> None:
    ended = command("attach", *words)
    assert ended.code == 2
    assert said in ended.err
    assert not Installation.objects.exists()


def test_viewers_may_not(mine: Application, team: Team, command: Command) -> None:
    member(team, Role.VIEWER, username="vera")
    assert command("attach", "mine", *TO_SHOP, "--yes", "--as", "vera").code == 2
    assert not Installation.objects.exists()


def test_where_nothing_matches_it_is_refused(
    first: TemplateVersion, team: Team, files: Target, command: Command
) -> None:
    application(added(EMPTY, registry={"image": "registry:2"}), team=team, slug="regapp", name="Reg", target=files)
    for switch in ("--dry-run", "--yes"):
        ended = command("attach", "regapp", *TO_SHOP, switch)
        assert (ended.code, "Nothing of Reg matches Shop 1.0" in ended.err) == (2, True)
        assert "Nothing differs" not in ended.out
    assert not Installation.objects.exists()
    assert command("attach", "regapp", *TO_SHOP, "--although-nothing-matches", "--yes").code == 0
