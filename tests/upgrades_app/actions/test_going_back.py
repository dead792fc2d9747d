"""Going back brings what was applied to the target, and leaves waiting what was never applied."""

import pytest

from apps_app.actions.remove_component import remove_component
from apps_app.actions.save_component import save_component
from apps_app.actions.set_values import set_values
from apps_app.drivers.memory import memory_target as target_in_memory
from apps_app.models import Application, Target
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_component
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS, changed, without
from tests.upgrades_app.road import (
    ADA,
    carried_out,
    fresh,
    installed,
    moved,
    released,
    upgraded,
)
from upgrades_app.actions.build_plan import propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.comparison.decision_summary import decided
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import Action, told
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db

HOTFIX = changed(WEB_AND_DB, "web", image="shop/web:1.0-hotfix")


def with_image(spec: AppSpec, image: str) -> AppSpec:
    parameter = spec.parameters["WEB_IMAGE"].model_copy(update={"default": image})
    return spec.model_copy(update={"parameters": {**spec.parameters, "WEB_IMAGE": parameter}})


def with_zone(spec: AppSpec) -> AppSpec:
    return changed(spec, "db", env={**spec.components["db"].env, "TZ": "UTC"})


TWO = changed(with_image(WITH_REDIS, "shop/web:1.1"), "web", image="shop/web:1.1")


@pytest.fixture
def two(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.1", TWO)


@pytest.fixture
def three(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.2", changed(TWO, "web", working_dir="/srv"))


@pytest.fixture
def copy(version_1_0: TemplateVersion, engine: Target) -> Application:
    return installed(version_1_0, engine, answers=Answers(secrets={"DB_PASSWORD": "hunter2"}))


def edit(copy: Application, key: str, spec: AppSpec) -> None:
    row = copy.components.get(key=key)
    save_component(fresh(copy), ADA, key=key, component=spec.components[key], revision=row.revision)


def image_there(copy: Application, key: str = "web") -> str:
    target = fresh(copy).target
    assert target is not None
    return target_in_memory(str(target.config["name"])).parts(str(copy.uid))[key].component.image


def back(copy: Application, to: TemplateVersion, answers: Answers | None = None) -> UpgradeRecord:
    return moved(copy, Kind.ROLLBACK, to, answers)


TEMPLATES = Answers(conflicts={"components.web.image": "theirs"})


def test_an_edit_that_was_never_applied_is_not_applied_by_going_back(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    assert image_there(copy) == "shop/web:1.0"
    assert upgraded(copy, two, TEMPLATES).succeeded
    assert image_there(copy) == "shop/web:1.1"

    assert back(copy, version_1_0).succeeded
    now = fresh(copy)
    assert image_there(copy) == "shop/web:1.0"
    assert now.applied_spec() == WEB_AND_DB
    assert now.desired_spec() == HOTFIX
    assert now.components.get(key="web").pending

    plan = propose(now, Kind.CHANGE, None, Answers()).plan
    assert [step.key for step in plan.work] == ["web"], told(plan)
    assert moved(copy, Kind.CHANGE, None).succeeded
    assert image_there(copy) == "shop/web:1.0-hotfix"


def test_the_plan_says_that_it_stays_pending(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, two, TEMPLATES)
    plan = propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()).plan
    (web,) = [row for row in plan.components if row.key == "web"]
    (image,) = [row for row in web.fields if row.label == "image"]
    assert image.sentence() == (
        "image shop/web:1.1 → shop/web:1.0 "
        "(as it was before; your edit shop/web:1.0-hotfix, never applied, stays pending)"
    ), told(plan)
    assert [note.kind for note in plan.notes] == []


def test_an_edit_that_the_upgrade_applied_becomes_pending_again(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    edit(copy, "db", with_zone(WEB_AND_DB))
    assert upgraded(copy, two).succeeded
    assert fresh(copy).applied_spec().components["db"].env["TZ"] == "UTC"
    plan = propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()).plan
    assert "your edit UTC, applied with the upgrade, becomes pending again" in told(plan)
    assert "never applied" not in told(plan)
    assert decided(plan).waiting == ("Becomes pending again: db env TZ UTC",)
    back(copy, version_1_0)
    assert fresh(copy).components.get(key="db").pending


def test_an_edit_made_since_and_never_applied_stays_pending_too(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    upgraded(copy, two)
    edit(copy, "db", with_zone(TWO))
    plan = propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()).plan
    assert "your edit UTC, never applied, stays pending" in told(plan)
    assert plan.step("db").action is Action.NOTHING
    assert [note.sentence for note in plan.notes] == ["Stays pending: db env TZ UTC"]
    assert decided(plan).waiting == ("Stays pending: db env TZ UTC",)
    back(copy, version_1_0)
    now = fresh(copy)
    assert now.applied_spec() == WEB_AND_DB
    assert now.desired_spec() == with_zone(WEB_AND_DB)


def test_an_edit_that_was_applied_since_stays_applied(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    upgraded(copy, two)
    edit(copy, "db", with_zone(TWO))
    moved(copy, Kind.CHANGE, None)
    back(copy, version_1_0)
    assert fresh(copy).applied_spec() == fresh(copy).desired_spec() == with_zone(WEB_AND_DB)


def test_back_over_two_records_with_edits_waiting_at_each(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion, three: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, two, TEMPLATES)
    edit(copy, "redis", changed(TWO, "redis", command=["--save", ""]))
    upgraded(copy, three)
    assert back(copy, two).succeeded
    now = fresh(copy)
    assert now.applied_spec() == TWO
    assert now.desired_spec() == changed(TWO, "redis", command=["--save", ""])
    assert back(copy, version_1_0, Answers(removed={"redis": "remove"})).succeeded
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert fresh(copy).desired_spec() == HOTFIX


def test_over_all_records_at_once(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion, three: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, two, TEMPLATES)
    upgraded(copy, three)
    back(copy, version_1_0)
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert fresh(copy).desired_spec() == HOTFIX


def test_a_value_that_was_never_applied_stays_pending(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    set_values(fresh(copy), ADA, values={"WORKERS": "8"})
    upgraded(copy, two)
    assert copy.values.get(name="WORKERS").applied_text() == "8"
    plan = propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()).plan
    assert [row.sentence() for row in plan.parameters if row.label == "WORKERS"] == [
        "WORKERS 8 → 2 (as it was before; your edit 8, applied with the upgrade, becomes pending again)"
    ]
    back(copy, version_1_0)
    row = copy.values.get(name="WORKERS")
    assert (row.applied, row.desired is not None and row.desired.reveal()) == (None, "8")
    assert copy.values.get(name="DB_PASSWORD").applied_text() == "hunter2"


def test_a_component_that_was_never_applied_is_taken_off_and_stays_wanted(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    mail = parse_component({"image": "mail:1"}, "components.mail")
    save_component(fresh(copy), ADA, key="mail", component=mail)
    upgraded(copy, two)
    assert image_there(copy, "mail") == "mail:1"
    plan = propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()).plan
    assert ("−", "yours, applied with the upgrade; it becomes pending again") in [
        (row.symbol, row.source) for row in plan.components
    ]
    back(copy, version_1_0)
    row = copy.components.get(key="mail")
    assert (row.applied, row.desired) == (None, mail.plain)
    assert fresh(copy).applied_spec() == WEB_AND_DB


def test_a_removal_that_was_never_applied_waits_again(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    mail = parse_component({"image": "mail:1"}, "components.mail")
    save_component(fresh(copy), ADA, key="mail", component=mail)
    moved(copy, Kind.CHANGE, None)
    remove_component(fresh(copy), ADA, key="mail")
    upgraded(copy, two)
    assert not copy.components.filter(key="mail").exists()
    plan = propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()).plan
    assert "your removal was applied with the upgrade; it becomes pending again" in told(plan)
    assert decided(plan).waiting == ("Becomes pending again: the removal of mail",)
    back(copy, version_1_0)
    row = copy.components.get(key="mail")
    assert (row.desired, row.applied) == (None, mail.plain)
    assert image_there(copy, "mail") == "mail:1"


def test_a_failed_way_back_leaves_everything_as_it_was(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, two, TEMPLATES)
    target_in_memory(str(copy.target.config["name"])).fail("gate", "web")  # type: ignore[union-attr]  # it has one
    record = carried_out(store(propose(fresh(copy), Kind.ROLLBACK, version_1_0, Answers()), ADA))
    assert record.status == "rolled_back"
    assert fresh(copy).applied_spec() == fresh(copy).desired_spec() == TWO


def test_where_nothing_was_on_the_target_nothing_comes_back_to_it(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    moved(copy, Kind.UNINSTALL, None)
    upgraded(copy, two)
    assert image_there(copy) == "shop/web:1.1"
    back(copy, version_1_0)
    now = fresh(copy)
    assert (now.applied_spec(), now.desired_spec()) == (AppSpec(), WEB_AND_DB)


def test_an_upgrade_that_drops_what_is_only_wanted_forgets_it(shop: AppTemplate, copy: Application) -> None:
    moved(copy, Kind.UNINSTALL, None)
    only_db = released(shop, "1.3", without(WEB_AND_DB, "web"))
    upgraded(copy, only_db, Answers(removed={"web": "remove"}))
    assert list(copy.components.values_list("key", flat=True)) == ["db"]


def test_with_some_components_only_what_waits_hinders_nothing(
    copy: Application, version_1_0: TemplateVersion, two: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, two, TEMPLATES)
    edit(copy, "db", with_zone(TWO))
    record = back(copy, version_1_0, Answers(only=frozenset({"web"})))
    assert record.went_as_planned, record.result
    now = fresh(copy)
    assert image_there(copy) == "shop/web:1.0"
    assert now.desired_spec().components["web"] == HOTFIX.components["web"]
    assert now.components.get(key="db").pending
    assert now.installation.reads == "1.1 (1 of 3 at 1.0)"
