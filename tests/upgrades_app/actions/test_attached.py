"""What was attached upgrades like what was installed."""

from pathlib import Path

import pytest

from apps_app.actions.link_application import attach
from apps_app.models import Application, Origin, Target
from apps_app.queries.link_proposal import Choices
from config.accounts.models import Team
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.merge.rekey import rekeyed
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import AppTemplate, TemplateVersion
from tests.factories import application
from tests.specs import WEB_AND_DB, WEB_RENAMED, WITH_REDIS, added, changed
from tests.upgrades_app.road import (
    ADA,
    fresh,
    git_target,
    installed,
    memory_target,
    moved,
    plan_of,
    released,
    upgraded,
)
from upgrades_app.actions.build_plan import propose_change, propose_upgrade
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import PlanState, told

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["memory", "git"])
def target(request: pytest.FixtureRequest, team: Team, tmp_path: Path) -> Target:
    return git_target(team, tmp_path) if request.param == "git" else memory_target(team, request.node.name)


def running(target: Target, spec: AppSpec, slug: str = "mine") -> Application:
    """Somebody's own application, put on its target by the road."""
    created = application(spec, team=target.team, slug=slug, target=target)
    created.values.create(name="DB_PASSWORD", secret=True, desired=Secret("s3cret"))
    assert moved(created, Kind.CHANGE, None).succeeded
    return fresh(created)


def attached(created: Application, version: TemplateVersion, choices: Choices | None = None) -> Application:
    attach(created, ADA, version=version, choices=choices or Choices())
    return fresh(created)


def seen(target: Target, created: Application) -> dict[str, str]:
    return {key: observed.digest for key, observed in target.driver().read(created.placement).items()}


def test_attached_it_is_as_applied_and_nothing_is_pending(shop: AppTemplate, target: Target) -> None:
    version = released(shop, "1.0", WEB_AND_DB)
    env = {**WEB_AND_DB.components["web"].env, "WORKERS": "4", "LOG_LEVEL": "debug"}
    created = running(target, changed(WEB_AND_DB, "web", env=env))
    before = seen(target, created)
    now = attached(created, version)
    assert seen(target, now) == before
    plan = propose_change(now, Answers()).plan
    assert plan.state is PlanState.NOTHING_TO_DO, told(plan)
    assert not plan.open_questions


def test_it_upgrades_like_any_other_and_keeps_what_differs(shop: AppTemplate, target: Target) -> None:
    version, two = released(shop, "1.0", WEB_AND_DB), released(shop, "1.1", WITH_REDIS)
    env = {**WEB_AND_DB.components["web"].env, "WORKERS": "4", "LOG_LEVEL": "debug"}
    own = added(changed(WEB_AND_DB, "web", env=env), mailer={"image": "mail:1"})
    now = attached(running(target, own), version)
    assert upgraded(now, two).succeeded
    now = fresh(now)
    assert now.installation.version == two
    spec = now.desired_spec()
    assert spec.components.keys() == {"web", "db", "redis", "mailer"}
    assert spec.components["web"].env == {**WITH_REDIS.components["web"].env, "LOG_LEVEL": "debug"}
    assert now.values.get(name="WORKERS").applied_text() == "4"
    assert moved(now, Kind.ROLLBACK, version).succeeded
    assert fresh(now).desired_spec().components["web"].env.keys() == env.keys()
    assert fresh(now).installation.version == version


def test_one_that_is_the_version_ends_as_an_installed_one(shop: AppTemplate, target: Target) -> None:
    version, two = released(shop, "1.0", WEB_AND_DB), released(shop, "1.1", WITH_REDIS)
    created = attached(running(target, WEB_AND_DB), version)
    other = installed(version, target, "Installed")
    plans = [propose_upgrade(each, two, Answers()).plan for each in (created, other)]
    assert plans[0].components == plans[1].components
    assert upgraded(created, two).succeeded
    assert upgraded(other, two).succeeded
    assert fresh(created).desired_spec() == fresh(other).desired_spec()
    assert fresh(created).applied_spec() == fresh(other).applied_spec()


def test_a_component_under_another_key_follows_the_version(shop: AppTemplate, target: Target) -> None:
    version, two = released(shop, "1.0", WEB_AND_DB), released(shop, "1.1", WITH_REDIS)
    now = attached(running(target, WEB_RENAMED), version)
    record = upgraded(now, two)
    assert record.succeeded
    now = fresh(now)
    assert now.desired_spec() == now.applied_spec() == rekeyed(WITH_REDIS, {"web": "shop"})
    origins = {
        (row.template_key, row.component.key if row.component else "", row.version.version)
        for row in now.installation.origins.select_related("component", "version")
    }
    assert origins == {("web", "shop", "1.1"), ("db", "db", "1.1"), ("redis", "redis", "1.1")}
    assert moved(now, Kind.ROLLBACK, version).succeeded
    assert fresh(now).applied_spec() == WEB_RENAMED
    assert set(now.installation.origins.values_list("template_key", "component__key")) == {
        ("web", "shop"),
        ("db", "db"),
    }


def test_one_under_another_key_that_the_version_drops_is_asked_about(shop: AppTemplate, target: Target) -> None:
    version = released(shop, "1.0", WEB_AND_DB)
    two = released(shop, "1.1", WEB_AND_DB.model_copy(update={"components": {"db": WEB_AND_DB.components["db"]}}))
    now = attached(running(target, WEB_RENAMED), version)
    assert [question.id for question in plan_of(now, two).plan.open_questions] == ["shop"]
    assert upgraded(now, two, Answers(removed={"shop": "remove"})).succeeded
    assert set(now.installation.origins.values_list("template_key", "state")) == {("db", Origin.State.PRESENT)}
    assert moved(now, Kind.ROLLBACK, version).succeeded
    assert fresh(now).applied_spec() == WEB_RENAMED
    assert set(now.installation.origins.values_list("template_key", "component__key")) == {
        ("web", "shop"),
        ("db", "db"),
    }


def test_a_new_component_at_a_key_that_is_taken_is_refused(shop: AppTemplate, target: Target) -> None:
    version, two = released(shop, "1.0", WEB_AND_DB), released(shop, "1.1", added(WEB_AND_DB, shop={"image": "a:1"}))
    now = attached(running(target, WEB_RENAMED), version)
    with pytest.raises(Refused, match="brings a component shop, and here shop is what it calls web"):
        propose_upgrade(now, two, Answers())


def test_what_was_declined_is_offered_again_and_what_was_left_out_is_not(shop: AppTemplate, target: Target) -> None:
    version, two = (
        released(shop, "1.0", WITH_REDIS),
        released(shop, "1.1", changed(WITH_REDIS, "redis", image="redis:9")),
    )
    declined, left_out = running(target, WEB_AND_DB), running(target, WEB_AND_DB, "other")
    attached(declined, version)
    attached(left_out, version, Choices(left_out=frozenset({"redis"})))
    assert {row.key: row.symbol for row in plan_of(declined, two).plan.components}["redis"] == "+"
    assert "redis" not in {row.key for row in plan_of(left_out, two).plan.components}
    assert upgraded(declined, two).succeeded
    assert fresh(declined).desired_spec().components["redis"].image == "redis:9"
    assert upgraded(left_out, two).succeeded
    assert fresh(left_out).installation.version == two
