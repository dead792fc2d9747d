"""Install, upgrade and go back, on real files and in memory, as actions do it."""

from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy, Origin
from config.accounts.models import Team
from config.errors import Refused
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.road import (
    ADA,
    carried_out,
    fresh,
    git_target,
    installed,
    memory_target,
    moved,
    plan_of,
    upgraded,
)
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.confirm import Moved, confirm
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import told
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(version_1_0: TemplateVersion, team: Team, tmp_path: Path) -> Application:
    return installed(version_1_0, git_target(team, tmp_path))


@pytest.fixture
def running(version_1_0: TemplateVersion, team: Team, request: pytest.FixtureRequest) -> Application:
    return installed(version_1_0, memory_target(team, request.node.name))


def edit(application: Application, key: str, **fields: object) -> None:
    row = application.components.get(key=key)
    spec = changed(fresh(application).desired_spec(), key, **fields)
    row.desired = spec.components[key].plain
    row.revision += 1
    row.save()


def test_an_install_ends_at_its_version_with_every_component_applied(copy: Application) -> None:
    assert copy.installation.version is not None
    assert copy.installation.version.version == "1.0"
    assert copy.desired_spec() == copy.applied_spec() == WEB_AND_DB
    assert set(copy.installation.origins.values_list("template_key", "state")) == {
        ("web", "present"),
        ("db", "present"),
    }
    assert not Busy.objects.exists()


def test_a_generated_secret_is_made_once_and_stays(copy: Application, newer: TemplateVersion) -> None:
    created = copy.values.get(name="DB_PASSWORD")
    assert created.source == "generated"
    assert len(created.applied_text()) == 24
    upgraded(copy, newer)
    assert copy.values.get(name="DB_PASSWORD").applied_text() == created.applied_text()


def test_no_record_holds_a_secret_in_the_open(copy: Application) -> None:
    password = copy.values.get(name="DB_PASSWORD").applied_text()
    record = UpgradeRecord.objects.get()
    assert password not in str([record.plan, record.before, record.after, record.choices, record.result])
    assert password not in str(list(record.steps.values())) + str(list(record.events.values()))


def test_an_upgrade_brings_what_is_new_and_keeps_what_is_local(copy: Application, newer: TemplateVersion) -> None:
    edit(copy, "web", env={**WEB_AND_DB.components["web"].env, "LOG_LEVEL": "debug"})
    moved(copy, Kind.CHANGE, None)
    record = upgraded(copy, newer)
    now = fresh(copy)
    assert record.succeeded, record.result
    assert record.result.startswith("1.1 written as commit")
    assert now.applied_spec().components.keys() == {"web", "db", "redis"}
    assert now.applied_spec().components["web"].env["LOG_LEVEL"] == "debug"
    assert "OLD_CACHE_DIR" not in now.applied_spec().components["web"].env
    assert now.installation.version == newer


def test_going_back_brings_back_exactly_what_was(
    copy: Application, version_1_0: TemplateVersion, newer: TemplateVersion
) -> None:
    edit(copy, "web", env={**WEB_AND_DB.components["web"].env, "LOG_LEVEL": "debug"})
    moved(copy, Kind.CHANGE, None)
    before = fresh(copy).applied_spec()
    upgraded(copy, newer)
    record = moved(copy, Kind.ROLLBACK, version_1_0, Answers(remove_volumes=frozenset()))
    now = fresh(copy)
    assert record.succeeded, record.result
    assert now.applied_spec() == now.desired_spec() == before
    assert now.installation.version == version_1_0
    assert set(Origin.objects.values_list("version__version", flat=True)) == {"1.0"}


def test_going_back_where_it_never_was_is_refused_with_the_reason(copy: Application, newer: TemplateVersion) -> None:
    with pytest.raises(Refused, match="was never at 1.1"):
        propose(fresh(copy), Kind.ROLLBACK, newer, Answers())


def test_taking_some_components_leaves_the_rest_behind_and_still_offered(
    copy: Application, version_1_0: TemplateVersion, newer: TemplateVersion
) -> None:
    only = Answers(only=frozenset({"redis"}))
    record = upgraded(copy, newer, only)
    now = fresh(copy)
    assert (record.status, record.went_as_planned) == ("partially_upgraded", True), record.result
    assert now.installation.version == version_1_0
    at = dict(now.installation.origins.values_list("template_key", "version__version"))
    assert at["redis"] == "1.1"
    assert at["web"] == "1.0"
    upgraded(copy, newer)
    assert fresh(copy).installation.version == newer
    assert fresh(copy).desired_spec() == WITH_REDIS


def test_a_plan_that_moved_is_not_confirmed(copy: Application, newer: TemplateVersion) -> None:
    record = store(plan_of(copy, newer), ADA)
    edit(copy, "web", user="app")
    with pytest.raises(Moved) as moved_on:
        confirm(record, ADA, digest=record.digest)
    assert "app" in told(moved_on.value.now.plan)
    assert not Busy.objects.exists()


def test_a_second_record_is_refused_with_who_and_what(copy: Application, newer: TemplateVersion) -> None:
    first, second = store(plan_of(copy, newer), ADA), store(plan_of(copy, newer), ADA)
    confirm(first, ADA, digest=first.digest)
    with pytest.raises(Refused, match="Upgrade 1.0 → 1.1 is at work, begun by ada"):
        confirm(second, ADA, digest=second.digest)


def test_a_step_that_fails_puts_the_whole_application_back(
    running: Application, version_1_0: TemplateVersion, newer: TemplateVersion, request: pytest.FixtureRequest
) -> None:
    before = running.applied_spec()
    target_in_memory(request.node.name).fail("apply", "web", message="the disk is full")
    record = carried_out(store(plan_of(running, newer), ADA))
    now = fresh(running)
    assert record.status == "rolled_back", record.result
    assert record.result == "Failed, restored: at 1.0"
    assert "the disk is full" in record.steps.get(key="web").error
    assert now.applied_spec() == now.desired_spec() == before
    assert now.installation.version == version_1_0
    assert not now.components.filter(key="redis").exists()
    assert not Busy.objects.exists()


def test_an_ended_record_cannot_be_altered(copy: Application) -> None:
    record = UpgradeRecord.objects.get()
    with pytest.raises(DatabaseError, match="has ended"), transaction.atomic():
        UpgradeRecord.objects.filter(pk=record.pk).update(reason="another")


def test_events_are_append_only(copy: Application) -> None:
    record = UpgradeRecord.objects.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        record.events.update(text="nothing happened")
