"""What goes wrong beside the steps: an unusable target, a fault of Uplift itself, edits and answers that go astray."""

import pytest

from apps_app.actions.discard_changes import discard_changes
from apps_app.actions.save_component import save_component
from apps_app.actions.save_target import change_target
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Busy, Target
from config.accounts.models import Team
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.road import (
    ADA,
    carried_out,
    fresh,
    installed,
    memory_target,
    moved,
    plan_of,
    released,
    template,
    upgraded,
)
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import TRIES, run
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import told
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.rollback_targets import ways_back

pytestmark = pytest.mark.django_db


def test_a_target_that_cannot_be_opened_any_more_fails_the_record(copy: Application, queued: UpgradeRecord) -> None:
    Target.objects.update(config={})
    record = run(queued.pk)
    assert record.status == "failed"
    assert "The target cannot be used" in record.result
    assert not Busy.objects.exists()
    assert fresh(copy).desired_spec() == WEB_AND_DB


def test_a_fault_of_our_own_ends_the_record_after_some_tries(
    copy: Application, queued: UpgradeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upgrades_app.actions.execute_upgrade.prepare_steps", _broken)
    record = run(queued.pk)
    assert record.attempt == TRIES
    assert record.status == "failed"
    assert "ZeroDivisionError" in record.result
    assert not Busy.objects.exists()


def test_a_fault_while_the_end_is_written_is_the_end_too(
    copy: Application, queued: UpgradeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upgrades_app.actions.complete_run.write_origins", _broken)
    record = run(queued.pk)
    assert record.attempt == TRIES
    assert record.status == "rollback_failed"
    assert not Busy.objects.exists()
    monkeypatch.undo()
    assert upgraded(copy, queued.to_version).succeeded  # type: ignore[arg-type]  # it has one
    assert fresh(copy).installation.reads == "1.1"


def test_a_fault_of_our_own_in_the_middle_says_that_nothing_was_restored(
    copy: Application, queued: UpgradeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upgrades_app.engine.execution.apply.perform", _broken)
    record = run(queued.pk)
    assert record.attempt == TRIES
    assert record.status == "rollback_failed"
    assert not Busy.objects.exists()
    redis = copy.components.get(key="redis")
    assert (redis.desired, redis.applied, redis.applied_unknown) == (None, None, True)


def _broken(*_: object) -> None:
    raise ZeroDivisionError


def test_a_way_back_whose_target_is_gone_ends(copy: Application, queued: UpgradeRecord) -> None:
    queued.steps.all().delete()
    UpgradeRecord.objects.filter(pk=queued.pk).update(status="rolling_back", attempt=1)
    Target.objects.update(config={})
    assert run(queued.pk).status == "rolled_back"
    assert not Busy.objects.exists()


def test_what_could_not_be_undone_is_wanted_as_before_and_applied_again(
    copy: Application, newer: TemplateVersion, name: str
) -> None:
    target = target_in_memory(name)
    target.fail("apply", "web", times=2)
    target.fail("remove", "redis")
    record = carried_out(store(plan_of(copy, newer), ADA))
    assert record.status == "rollback_failed"
    assert fresh(copy).desired_spec() == WEB_AND_DB
    assert set(copy.components.filter(applied_unknown=True).values_list("key", flat=True)) == {"web", "redis"}
    target.heal()
    assert moved(copy, Kind.CHANGE, None).succeeded
    assert target.parts(str(copy.uid)).keys() == {"web", "db"}
    assert upgraded(copy, newer).succeeded


def test_an_edit_begun_before_an_upgrade_does_not_undo_it(copy: Application, newer: TemplateVersion) -> None:
    web = copy.components.get(key="web")
    old = WEB_AND_DB.components["web"]
    assert upgraded(copy, newer).succeeded
    with pytest.raises(Refused, match="changed web meanwhile"):
        save_component(copy, ADA, key="web", component=old, revision=web.revision)


def test_a_change_that_others_need_is_not_discarded_alone(copy: Application) -> None:
    save_component(copy, ADA, key="redis", component=WITH_REDIS.components["redis"], needed_by={"web"})
    with pytest.raises(Refused, match="does not hold together") as refused:
        discard_changes(fresh(copy), ADA, keys={"redis"})
    assert "web" in refused.value.faults[0]


def test_an_application_at_work_is_not_deleted(copy: Application, queued: UpgradeRecord) -> None:
    with pytest.raises(Exception, match="protected"):
        copy.delete()


def test_the_target_of_an_application_at_work_is_not_changed(copy: Application, queued: UpgradeRecord) -> None:
    with pytest.raises(Refused, match="Upgrade 1.0 → 1.1"):
        change_target(Target.objects.get(slug="memory"), ADA, config={"name": "elsewhere"})


def test_a_plan_for_one_target_does_not_run_on_another(team: Team, copy: Application, newer: TemplateVersion) -> None:
    record = store(plan_of(copy, newer), ADA)
    Application.objects.filter(pk=copy.pk).update(
        target=Target.objects.create(team=team, slug="other", kind="memory", config=copy.target.config)  # type: ignore[union-attr]
    )
    with pytest.raises(Refused, match="Something changed"):
        confirm(record, ADA, digest=record.digest)


def test_a_second_record_is_refused_also_where_busy_was_taken_away(
    copy: Application, queued: UpgradeRecord, newer: TemplateVersion
) -> None:
    other = store(plan_of(copy, newer), ADA)
    Busy.objects.all().delete()
    with pytest.raises(Refused, match="at work"):
        confirm(other, ADA, digest=other.digest)


SECRET = AppSpec.model_validate(
    {
        "parameters": {"PASSWORD": {"secret": True}, "TOKEN": {"generate": "hex:32"}},
        "components": {"web": {"image": "shop:1", "env": {"PASSWORD": "${PASSWORD}", "TOKEN": "${TOKEN}"}}},
    }
)


def test_a_secret_given_as_a_plain_value_is_sealed_all_the_same(team: Team, name: str) -> None:
    version = released(template(team, "sealed"), "1.0", SECRET)
    answers = Answers.read({"value:PASSWORD": "hunter2", "value:TOKEN": "letmein"})
    copy = installed(version, memory_target(team, name), "Sealed", answers)
    record = UpgradeRecord.objects.get(application=copy)
    for choice in (record.choices, record.plan, record.after):
        assert "hunter2" not in str(choice)
        assert "letmein" not in str(choice)
    assert copy.values.get(name="PASSWORD").applied_text() == "hunter2"
    assert copy.values.get(name="TOKEN").secret


def test_going_back_from_a_partial_upgrade(copy: Application, newer: TemplateVersion) -> None:
    assert upgraded(copy, newer, Answers(only=frozenset({"redis"}))).went_as_planned
    assert [rollback_target.version.version for rollback_target in ways_back(fresh(copy))] == ["1.0"]
    old = ways_back(fresh(copy))[0].version
    assert moved(copy, Kind.ROLLBACK, old).succeeded
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert not copy.installation.origins.exclude(version=old).exists()
    assert ways_back(fresh(copy)) == ()


def test_going_back_with_some_components_only(copy: Application, newer: TemplateVersion) -> None:
    old = fresh(copy).installation.version
    assert old is not None
    assert upgraded(copy, newer).succeeded
    assert moved(copy, Kind.ROLLBACK, old, Answers(only=frozenset({"web"}))).went_as_planned
    at = dict(copy.installation.origins.values_list("template_key", "version__version"))
    assert at["redis"] == "1.1"
    assert fresh(copy).installation.version == newer
    plan = propose(fresh(copy), Kind.ROLLBACK, old, Answers()).plan
    assert plan.state == "ready", told(plan)
    assert moved(copy, Kind.ROLLBACK, old).succeeded
    assert fresh(copy).installation.version == old
    assert fresh(copy).applied_spec() == WEB_AND_DB


OLD = AppSpec.model_validate(
    {
        "parameters": {"IMAGE": {"default": "shop:1", "fixed": True}, "CACHE": {"default": "/cache"}},
        "components": {
            "web": {"image": "${IMAGE}", "env": {"CACHE": "${CACHE}"}, "mounts": {"/data": {"source": "data"}}},
            "worker": {"image": "${IMAGE}"},
        },
        "volumes": {"data": {}},
    }
)
NEW = AppSpec.model_validate(
    {
        "parameters": {"IMAGE": {"default": "shop:2", "fixed": True}},
        "components": {"web": {"image": "${IMAGE}"}, "worker": {"image": "${IMAGE}"}},
    }
)


def test_what_failed_apart_keeps_what_it_uses_and_can_be_tried_again(team: Team, name: str) -> None:
    shop = template(team, "parts")
    old, new = released(shop, "1.0", OLD), released(shop, "2.0", NEW)
    copy = installed(old, memory_target(team, name), "Parts", Answers(values={"CACHE": "/mine"}))
    target = target_in_memory(name)
    target.fail("apply", "web")
    record = store(plan_of(copy, new, accept_data_risk=True), ADA, policy="continue")  # type: ignore[arg-type]
    assert carried_out(record).status == "partially_upgraded"
    spec = fresh(copy).applied_spec()
    assert spec.components["web"] == OLD.components["web"]
    assert "CACHE" in spec.parameters
    assert "data" in spec.volumes
    assert copy.values.get(name="CACHE").applied_text() == "/mine"
    plan = plan_of(copy, new, accept_data_risk=True).plan  # type: ignore[arg-type]
    assert plan.state == "ready", told(plan)
    assert plan.step("web").action == "recreate", told(plan)
    assert upgraded(copy, new, Answers(accept_data_risk=True)).succeeded
    assert fresh(copy).applied_spec() == NEW
    assert not copy.values.exists()


def test_a_volume_that_cannot_be_deleted_holds_no_version_back(team: Team, name: str) -> None:
    """Even where a component has its name."""
    document = {
        "components": {
            "web": {"image": "shop:1"},
            "cache": {"image": "redis:7", "mounts": {"/data": {"source": "cache"}}},
        },
        "volumes": {"cache": {}},
    }
    without = {"components": {"web": {"image": "shop:2"}, "cache": {"image": "redis:8"}}}
    shop = template(team, "volumes")
    old, new = (
        released(shop, version, AppSpec.model_validate(item)) for version, item in (("1.0", document), ("2.0", without))
    )
    copy = installed(old, memory_target(team, name), "Volumes")
    target_in_memory(name).fail("remove_volume", "cache")
    answers = Answers(accept_data_risk=True, remove_volumes=frozenset({"cache"}))
    record = carried_out(store(propose(fresh(copy), Kind.UPGRADE, new, answers), ADA, policy="continue"))
    assert record.result == "Partly done: 2 of 2 components at 2.0, volume cache not deleted"
    assert (fresh(copy).installation.version, fresh(copy).installation.reads) == (new, "2.0")
    assert not any(row.applied_unknown for row in copy.components.all())
