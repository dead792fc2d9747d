"""uninstall: off the target, with volumes only where they are named."""

import pytest

from apps_app.models import Application, Target
from templates_app.models import TemplateVersion
from tests.upgrades_app.commands.conftest import Command
from tests.upgrades_app.road import fresh, installed
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(first: TemplateVersion, engine: Target) -> Application:
    return installed(first, engine)


def volumes(application: Application, engine: Target) -> frozenset[str]:
    result: frozenset[str] = engine.driver().target.volumes(str(application.uid))  # type: ignore[attr-defined]  # memory's
    return result


def test_it_is_gone_from_the_target_and_its_volumes_are_kept(
    command: Command, running: Application, engine: Target
) -> None:
    ended = command("uninstall", "copy", "--yes", "--json")
    assert (ended.code, ended.document["status"]) == (0, "succeeded"), ended
    assert engine.driver().read(running.placement) == {}
    assert volumes(running, engine) == {"data"}
    assert not fresh(running).applied_spec().components
    repeated = command("uninstall", "copy", "--yes")
    assert (repeated.code, repeated.err) == (2, "Nothing of Copy is on a target, so there is nothing to uninstall.\n")


def test_a_volume_is_deleted_where_it_is_named(command: Command, running: Application, engine: Target) -> None:
    assert command("uninstall", "copy", "--delete-volumes", "data", "--yes").code == 0
    assert volumes(running, engine) == frozenset()


def test_a_dry_run_changes_nothing_and_its_plan_can_be_run(
    command: Command, running: Application, engine: Target
) -> None:
    ended = command("uninstall", "copy", "--dry-run", "--json")
    plan = ended.document["plan"]
    assert (ended.code, plan["kind"], plan["counts"]["removed"]) == (3, "uninstall", 2)
    assert engine.driver().read(running.placement).keys() == {"web", "db"}
    other = command("uninstall", "copy", "--delete-volumes", "data", "--plan", plan["digest"], "--yes")
    assert other.code == 2
    assert command("uninstall", "copy", "--plan", plan["digest"], "--yes").code == 0


def test_what_it_refuses(command: Command, running: Application, copy: Application) -> None:
    ended = command("uninstall", running.slug, "--delete-volumes", "cash", "--yes")
    assert (ended.code, ended.err) == (
        2,
        "Copy has no volume cash of its own on its target; it has data.\n",
    )
    ended = command("uninstall", copy.slug, "--delete-volumes", "data", "--yes")
    assert (ended.code, ended.err) == (2, "files starts nothing, so Copy has no data there to delete.\n")
    assert command("uninstall", running.slug).code == 2
    assert not UpgradeRecord.objects.filter(kind="uninstall").exists()
