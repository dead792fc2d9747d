"""rollback: to the nearest earlier version, or a named one."""

import pytest

from apps_app.models import Application, Target
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB
from tests.upgrades_app.commands.conftest import Command
from tests.upgrades_app.road import fresh, installed, upgraded

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_second(copy: Application, second: TemplateVersion) -> Application:
    upgraded(copy, second)
    return fresh(copy)


@pytest.mark.parametrize("words", [[], ["--to", "1.0.0"]], ids=["nearest", "named"])
def test_it_is_again_what_it_was(command: Command, at_second: Application, words: list[str]) -> None:
    ended = command("rollback", "copy", *words, "--yes")
    assert ended.code == 0, ended
    now = fresh(at_second)
    assert now.applied_spec() == WEB_AND_DB
    assert now.installation.version.version == "1.0"  # type: ignore[union-attr]  # it was installed


def test_a_dry_run(command: Command, at_second: Application) -> None:
    ended = command("rollback", "copy", "--dry-run", "--json")
    assert ended.code == 3
    plan = ended.document["plan"]
    assert (plan["kind"], plan["from"], plan["to"]) == ("rollback", "1.1", "1.0")
    assert plan["counts"]["removed"] == 1
    assert command("rollback", "copy", "--plan", plan["digest"], "--yes").code == 0


def test_what_an_upgrade_brought_can_be_kept(command: Command, at_second: Application) -> None:
    assert command("rollback", "copy", "--on-removed", "keep", "--yes").code == 0
    assert "redis" in fresh(at_second).applied_spec().components


def test_a_volume_is_deleted_only_when_named(
    command: Command, first: TemplateVersion, second: TemplateVersion, engine: Target
) -> None:
    copy = installed(first, engine)
    upgraded(copy, second)
    summary = command("rollback", "copy", "--dry-run", "--json").document["plan"]
    assert [item["chosen"] for item in summary["questions"] if item["name"] == "volume:cache"] == ["keep"]
    assert command("rollback", "copy", "--answer", "volume:cache=remove", "--yes", "--json").code == 0
    assert engine.driver().read(copy.placement).keys() == {"web", "db"}
    assert "cache" not in engine.driver().target.volumes(str(copy.uid))  # type: ignore[attr-defined]  # the memory's


def test_there_is_a_reason_where_there_is_no_way_back(command: Command, copy: Application) -> None:
    ended = command("rollback", "copy", "--yes")
    assert (ended.code, ended.err) == (2, "Copy was at no earlier version as far as its records tell.\n")
