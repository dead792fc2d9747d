"""What was found on the target changes the plan: drift, what is missing, and what nobody knows."""

from dataclasses import replace

from apps_app.drivers.base import Observed, State
from tests.specs import WEB_AND_DB, WITH_REDIS, added, changed
from tests.upgrades_app.engine.stories import (
    PASSWORD,
    SHOP,
    Stage,
    actions,
    answered,
    applied_on,
    planned,
    questions,
    upgrade,
)
from upgrades_app.engine.inputs.planning_input import Kind, Side, Situation
from upgrades_app.engine.planning.plan import Action, PlanState, told


def there(name: str) -> Stage:
    stage = Stage(name)
    stage.put(Side(WEB_AND_DB, secrets=PASSWORD))
    return stage


def seen(stage: Stage, theirs: object = WEB_AND_DB) -> Situation:
    return upgrade(WEB_AND_DB, theirs, observed=stage.read())  # type: ignore[arg-type]


def test_as_applied_is_no_drift() -> None:
    plan = planned(seen(there("calm")))

    assert (actions(plan), questions(plan)) == ({}, {}), told(plan)


def test_drift_is_left_alone_or_put_back() -> None:
    stage = there("drift")
    stage.target.drift(SHOP.uid, "db", "its image is postgres:16")
    planning_input = seen(stage)
    plan = planned(planning_input)
    assert questions(plan) == {"drift:db": "keep"}, told(plan)
    assert plan.questions[0].sentence.endswith("since it was last applied (its image is postgres:16)")
    assert actions(plan) == {}

    back = planned(answered(planning_input, drift={"db": "put_back"}))
    assert actions(back) == {"db": "recreate"}, told(back)
    assert questions(back) == {"drift:db": "put_back"}


def test_drift_of_what_is_replaced_wants_an_answer() -> None:
    stage = there("drift-replaced")
    stage.target.drift(SHOP.uid, "web")
    planning_input = seen(stage, WITH_REDIS)
    plan = planned(planning_input)
    assert plan.state is PlanState.QUESTIONS_OPEN, told(plan)
    assert [option.value for option in plan.open_questions[0].choices] == ["put_back"]

    remaining = planned(answered(planning_input, drift={"web": "keep"}))
    assert remaining.state is not PlanState.READY, "what is replaced cannot be kept"
    assert planned(answered(planning_input, drift={"web": "put_back"})).state is PlanState.READY


def test_what_is_missing_is_put_there_again() -> None:
    stage = there("missing")
    before = applied_on(stage.target)
    stage.target.take_away(SHOP.uid, "db")
    plan = planned(seen(stage))
    assert plan.step("db").sentence == "db is missing on the target and is put there again", told(plan)

    stage.run(seen(stage))
    assert applied_on(stage.target) == before


def test_what_was_stopped_is_started_for_one_that_needs_it() -> None:
    stage = there("stopped")
    first = planned(seen(stage, WITH_REDIS)).fingerprint
    stage.target.placed[SHOP.uid].stopped.add("db")
    assert actions(planned(seen(stage))) == {}, "nobody needs it started"

    plan = planned(seen(stage, WITH_REDIS))
    assert plan.work[0].sentence == "db is stopped on the target and is started: web needs it", told(plan)
    assert plan.fingerprint != first, "a plan that was made before does not hold any more"
    stage.run(seen(stage, WITH_REDIS))
    assert stage.read()["db"].state is State.HEALTHY
    assert planned(seen(stage, WITH_REDIS)).step("db").action is Action.NOTHING


def test_what_it_needs_itself_is_started_with_it_and_no_job() -> None:
    chain = added(
        WEB_AND_DB,
        db={"image": "postgres:16", "depends_on": {"disk": {}, "seed": {"condition": "completed"}}},
        disk={"image": "disk:1"},
        seed={"image": "seed:1", "kind": "job"},
        other={"image": "other:1"},
    )
    stage = Stage("chain")
    stage.put(Side(chain, secrets=PASSWORD))
    stage.target.placed[SHOP.uid].stopped.update({"db", "disk", "seed", "other"})
    plan = planned(upgrade(chain, changed(chain, "web", image="web:9"), observed=stage.read()))

    assert actions(plan) == {"disk": "restart", "db": "restart", "web": "recreate"}, told(plan)


def test_what_is_stopped_and_was_changed_is_not_started_as_it_is() -> None:
    stage = there("changed-and-stopped")
    observed = {**stage.read(), "db": Observed(State.STOPPED, "", "it has another image")}
    plan = planned(upgrade(WEB_AND_DB, WITH_REDIS, observed=observed))
    assert plan.state is PlanState.BLOCKED, told(plan)
    assert str(plan.blockers[0]).startswith("components.web: needs db, which is stopped and was changed")

    back = planned(answered(upgrade(WEB_AND_DB, WITH_REDIS, observed=observed), drift={"db": "put_back"}))
    assert back.state is not PlanState.BLOCKED, told(back)


def test_what_nobody_knows_is_applied_again() -> None:
    plan = planned(replace(seen(there("unknown")), unknown=frozenset({"web"})))

    assert actions(plan) == {"web": "recreate"}, told(plan)


def test_what_a_failed_undo_left_is_removed() -> None:
    stray = {**there("left").read(), "redis": Observed(State.HEALTHY, "hmac:1")}
    plan = planned(upgrade(WEB_AND_DB, WEB_AND_DB, observed=stray, unknown=frozenset({"redis"})))

    assert actions(plan) == {"redis": "remove"}, told(plan)


def test_a_stranger_is_left_alone() -> None:
    stray = {**there("stranger").read(), "redis": Observed(State.HEALTHY, "hmac:1")}
    planning_input = upgrade(WEB_AND_DB, WEB_AND_DB, observed=stray)
    assert questions(planned(planning_input)) == {"drift:redis": "keep"}
    assert actions(planned(planning_input)) == {}

    assert actions(planned(answered(planning_input, drift={"redis": "put_back"}))) == {"redis": "remove"}


def test_the_fingerprint_sees_presence_and_digests_and_no_health() -> None:
    stage = there("prints")
    first = planned(seen(stage)).fingerprint
    stage.target.never_healthy("web")
    assert planned(seen(stage)).fingerprint == first

    stage.target.drift(SHOP.uid, "web")
    assert planned(seen(stage)).fingerprint != first


def test_the_fingerprint_moves_with_a_revision_and_not_with_an_answer() -> None:
    situation = upgrade(WEB_AND_DB, WITH_REDIS)
    first = planned(situation).fingerprint

    assert planned(replace(situation, revisions={"web": 4})).fingerprint != first
    assert planned(answered(situation, accept_data_risk=True)).fingerprint == first


def test_a_change_is_applied_without_a_merge() -> None:
    stage = there("change")
    situation = replace(
        seen(stage),
        kind=Kind.CHANGE,
        theirs=None,
        to_version="1.0",
        desired=Side(WITH_REDIS, secrets=PASSWORD),
    )
    plan = planned(situation)
    assert plan.state is PlanState.READY, told(plan)
    assert {field.source for row in plan.components for field in row.fields} == {"your change"}

    assert stage.run(situation).sentence == "Succeeded: the changes are applied"
    assert planned(replace(situation, applied=situation.desired, observed=None)).state is PlanState.NOTHING_TO_DO
