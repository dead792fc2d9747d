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
from tests.upgrades_app.upgrade_helpers import ADA, carried_out, fresh, installed, moved, released, upgraded
from upgrades_app.actions.build_plan import build_proposal
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.engine.planning.plan import StepAction
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.decision_summary import summarize_decisions
from upgrades_app.presenters.messages import describe_field, describe_message, describe_provenance
from upgrades_app.presenters.plan_text import describe_plan

pytestmark = pytest.mark.django_db

HOTFIX = changed(WEB_AND_DB, "web", image="shop/web:1.0-hotfix")


def with_image(spec: AppSpec, image: str) -> AppSpec:
    parameter = spec.parameters["WEB_IMAGE"].model_copy(update={"default": image})
    return spec.model_copy(update={"parameters": {**spec.parameters, "WEB_IMAGE": parameter}})


def with_zone(spec: AppSpec) -> AppSpec:
    return changed(spec, "db", env={**spec.components["db"].env, "TZ": "UTC"})


TWO = changed(with_image(WITH_REDIS, "shop/web:1.1"), "web", image="shop/web:1.1")


@pytest.fixture
def next_version(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.1", TWO)


@pytest.fixture
def three(shop: AppTemplate) -> TemplateVersion:
    return released(shop, "1.2", changed(TWO, "web", working_dir="/srv"))


@pytest.fixture
def copy(version: TemplateVersion, engine: Target) -> Application:
    return installed(version, engine, answers=Answers(secrets={"DB_PASSWORD": "hunter2"}))


def edit(copy: Application, key: str, spec: AppSpec) -> None:
    row = copy.components.get(key=key)
    save_component(fresh(copy), ADA, key=key, component=spec.components[key], revision=row.revision)


def image_there(copy: Application, key: str = "web") -> str:
    target = fresh(copy).target
    assert target is not None
    return target_in_memory(str(target.config["name"])).parts(str(copy.uid))[key].component.image


def back(copy: Application, to: TemplateVersion, answers: Answers | None = None) -> UpgradeRecord:
    return moved(copy, OperationKind.ROLLBACK, to, answers)


TEMPLATES = Answers(conflicts={"components.web.image": "theirs"})


def test_an_edit_that_was_never_applied_is_not_applied_by_going_back(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    assert image_there(copy) == "shop/web:1.0"
    assert upgraded(copy, next_version, TEMPLATES).succeeded
    assert image_there(copy) == "shop/web:1.1"

    assert back(copy, version).succeeded
    now = fresh(copy)
    assert image_there(copy) == "shop/web:1.0"
    assert now.applied_spec() == WEB_AND_DB
    assert now.desired_spec() == HOTFIX
    assert now.components.get(key="web").is_pending

    plan = build_proposal(now, OperationKind.CHANGE, None, Answers()).plan
    assert [step.key for step in plan.changing_steps] == ["web"], describe_plan(plan)
    assert moved(copy, OperationKind.CHANGE, None).succeeded
    assert image_there(copy) == "shop/web:1.0-hotfix"


def test_the_plan_says_that_it_stays_pending(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, next_version, TEMPLATES)
    plan = build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()).plan
    (web,) = [row for row in plan.components if row.key == "web"]
    (image,) = [row for row in web.fields if row.label == "image"]
    assert describe_field(image) == (
        "image shop/web:1.1 → shop/web:1.0 (previous value; edit shop/web:1.0-hotfix, never applied, stays pending)"
    ), describe_plan(plan)
    assert [note.code for note in plan.notes] == []


def test_an_edit_that_the_upgrade_applied_becomes_pending_again(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    edit(copy, "db", with_zone(WEB_AND_DB))
    assert upgraded(copy, next_version).succeeded
    assert fresh(copy).applied_spec().components["db"].env["TZ"] == "UTC"
    plan = build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()).plan
    assert "edit UTC, applied with the upgrade, becomes pending again)" in describe_plan(plan)
    assert "never applied" not in describe_plan(plan)
    assert summarize_decisions(plan).pending == ("Becomes pending again: db env TZ UTC",)
    back(copy, version)
    assert fresh(copy).components.get(key="db").is_pending


def test_an_edit_made_since_and_never_applied_stays_pending_too(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    upgraded(copy, next_version)
    edit(copy, "db", with_zone(TWO))
    plan = build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()).plan
    assert "(edit UTC, never applied, stays pending)" in describe_plan(plan)
    assert plan.get_step("db").action is StepAction.NOTHING
    assert [describe_message(note) for note in plan.notes] == ["Stays pending: db env TZ UTC"]
    assert summarize_decisions(plan).pending == ("Stays pending: db env TZ UTC",)
    back(copy, version)
    now = fresh(copy)
    assert now.applied_spec() == WEB_AND_DB
    assert now.desired_spec() == with_zone(WEB_AND_DB)


def test_an_edit_that_was_applied_since_stays_applied(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    upgraded(copy, next_version)
    edit(copy, "db", with_zone(TWO))
    moved(copy, OperationKind.CHANGE, None)
    back(copy, version)
    assert fresh(copy).applied_spec() == fresh(copy).desired_spec() == with_zone(WEB_AND_DB)


def test_back_over_two_records_with_edits_waiting_at_each(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion, three: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, next_version, TEMPLATES)
    edit(copy, "redis", changed(TWO, "redis", command=["--save", ""]))
    upgraded(copy, three)
    assert back(copy, next_version).succeeded
    now = fresh(copy)
    assert now.applied_spec() == TWO
    assert now.desired_spec() == changed(TWO, "redis", command=["--save", ""])
    assert back(copy, version, Answers(removed={"redis": "remove"})).succeeded
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert fresh(copy).desired_spec() == HOTFIX


def test_over_all_records_at_once(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion, three: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, next_version, TEMPLATES)
    upgraded(copy, three)
    back(copy, version)
    assert fresh(copy).applied_spec() == WEB_AND_DB
    assert fresh(copy).desired_spec() == HOTFIX


def test_a_value_that_was_never_applied_stays_pending(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    set_values(fresh(copy), ADA, values={"WORKERS": "8"})
    upgraded(copy, next_version)
    assert copy.values.get(name="WORKERS").applied_text() == "8"
    plan = build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()).plan
    assert [describe_field(row) for row in plan.parameters if row.label == "WORKERS"] == [
        "WORKERS 8 → 2 (previous value; edit 8, applied with the upgrade, becomes pending again)"
    ]
    back(copy, version)
    row = copy.values.get(name="WORKERS")
    assert (row.applied, row.desired is not None and row.desired.reveal()) == (None, "8")
    assert copy.values.get(name="DB_PASSWORD").applied_text() == "hunter2"


def test_a_component_that_was_never_applied_is_taken_off_and_stays_wanted(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    mail = parse_component({"image": "mail:1"}, "components.mail")
    save_component(fresh(copy), ADA, key="mail", component=mail)
    upgraded(copy, next_version)
    assert image_there(copy, "mail") == "mail:1"
    plan = build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()).plan
    assert ("−", "local change, applied with the upgrade; becomes pending again") in [
        (row.symbol, describe_provenance(row.provenance)) for row in plan.components
    ]
    back(copy, version)
    row = copy.components.get(key="mail")
    assert (row.applied, row.desired) == (None, mail.plain)
    assert fresh(copy).applied_spec() == WEB_AND_DB


def test_a_removal_that_was_never_applied_waits_again(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    mail = parse_component({"image": "mail:1"}, "components.mail")
    save_component(fresh(copy), ADA, key="mail", component=mail)
    moved(copy, OperationKind.CHANGE, None)
    remove_component(fresh(copy), ADA, key="mail")
    upgraded(copy, next_version)
    assert not copy.components.filter(key="mail").exists()
    plan = build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()).plan
    assert "(removal applied with the upgrade; becomes pending again)" in describe_plan(plan)
    assert summarize_decisions(plan).pending == ("Becomes pending again: the removal of mail",)
    back(copy, version)
    row = copy.components.get(key="mail")
    assert (row.desired, row.applied) == (None, mail.plain)
    assert image_there(copy, "mail") == "mail:1"


def test_a_failed_way_back_leaves_everything_as_it_was(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, next_version, TEMPLATES)
    target_in_memory(str(copy.target.config["name"])).fail("gate", "web")  # type: ignore[union-attr]  # it has one
    record = carried_out(save_plan(build_proposal(fresh(copy), OperationKind.ROLLBACK, version, Answers()), ADA))
    assert record.status == "rolled_back"
    assert fresh(copy).applied_spec() == fresh(copy).desired_spec() == TWO


def test_where_nothing_was_on_the_target_nothing_comes_back_to_it(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    moved(copy, OperationKind.UNINSTALL, None)
    upgraded(copy, next_version)
    assert image_there(copy) == "shop/web:1.1"
    back(copy, version)
    now = fresh(copy)
    assert (now.applied_spec(), now.desired_spec()) == (AppSpec(), WEB_AND_DB)


def test_an_upgrade_that_drops_what_is_only_wanted_forgets_it(shop: AppTemplate, copy: Application) -> None:
    moved(copy, OperationKind.UNINSTALL, None)
    only_db = released(shop, "1.3", without(WEB_AND_DB, "web"))
    upgraded(copy, only_db, Answers(removed={"web": "remove"}))
    assert list(copy.components.values_list("key", flat=True)) == ["db"]


def test_with_some_components_only_what_waits_hinders_nothing(
    copy: Application, version: TemplateVersion, next_version: TemplateVersion
) -> None:
    edit(copy, "web", HOTFIX)
    upgraded(copy, next_version, TEMPLATES)
    edit(copy, "db", with_zone(TWO))
    record = back(copy, version, Answers(only=frozenset({"web"})))
    assert record.completed_as_planned, record.result
    now = fresh(copy)
    assert image_there(copy) == "shop/web:1.0"
    assert now.desired_spec().components["web"] == HOTFIX.components["web"]
    assert now.components.get(key="db").is_pending
    assert now.installation.version_label == "1.1 (1 of 3 at 1.0)"
