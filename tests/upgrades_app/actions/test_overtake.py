"""Once one plan is confirmed, no other plan of its application waits any longer."""

from pathlib import Path

import pytest

from apps_app.models import Application
from config.accounts.models import Team
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import ADA, carried_out, fresh, git_target, installed, plan_of, released, template
from upgrades_app.actions.build_plan import propose_uninstall
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.models import UpgradeRecord


@pytest.fixture
def copy(team: Team, tmp_path: Path) -> Application:
    return installed(released(template(team), "1.0", WEB_AND_DB), git_target(team, tmp_path))


@pytest.fixture
def newer(copy: Application) -> TemplateVersion:
    installation = copy.installed()
    assert installation is not None
    return released(installation.template, "1.1", WITH_REDIS)


def uninstall(application: Application) -> UpgradeRecord:
    return store(propose_uninstall(fresh(application), Answers()), ADA)


def status(record: UpgradeRecord) -> str:
    record.refresh_from_db()
    return record.status


def test_a_twin_and_any_other_plan_are_overtaken_at_the_confirm(copy: Application, newer: TemplateVersion) -> None:
    first, twin, other = store(plan_of(copy, newer), ADA), store(plan_of(copy, newer), ADA), uninstall(copy)
    confirm(first, ADA, digest=first.digest)
    for record in (twin, other):
        assert status(record) == "overtaken"
        assert record.overtaken_by == first
        assert record.result == "ada confirmed “Upgrade 1.0 → 1.1” instead of this plan."
    assert status(first) == "queued"
    assert first.result == ""


def test_what_was_planned_while_it_was_at_work_does_not_wait_after_it(
    copy: Application, newer: TemplateVersion
) -> None:
    first = store(plan_of(copy, newer), ADA)
    confirm(first, ADA, digest=first.digest)
    record = uninstall(copy)
    assert status(record) == "planned"
    assert run(first.pk).succeeded
    assert status(record) == "overtaken"


def test_where_nothing_was_changed_it_still_waits(
    copy: Application, newer: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store(plan_of(copy, newer), ADA)
    confirm(first, ADA, digest=first.digest)
    record = uninstall(copy)
    monkeypatch.setattr("apps_app.drivers.git.driver.GitDriver.check", lambda *_: ["no"])
    assert run(first.pk).status == "failed"
    assert status(record) == "planned"
    monkeypatch.undo()
    assert carried_out(record).succeeded


def test_the_plans_of_others_wait_on(copy: Application, newer: TemplateVersion) -> None:
    assert copy.target is not None
    second = installed(newer.template.versions.get(version="1.0"), copy.target, "Second")
    first, theirs = store(plan_of(copy, newer), ADA), store(plan_of(second, newer), ADA)
    confirm(first, ADA, digest=first.digest)
    assert status(theirs) == "planned"


def test_a_refused_confirm_overtakes_nothing(copy: Application, newer: TemplateVersion) -> None:
    first, twin = store(plan_of(copy, newer), ADA), store(plan_of(copy, newer), ADA)
    copy.components.filter(key="web").update(revision=7)
    with pytest.raises(Exception, match="Something changed"):
        confirm(first, ADA, digest=first.digest)
    assert {status(first), status(twin)} == {"planned"}
