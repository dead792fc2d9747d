"""A plan comes true on a target that is watched, and goes wrong at every place where it can."""

from dataclasses import replace

import pytest

from apps_app.drivers.memory import Died, VerbName
from templates_app.appspec.schema.model import AppSpec
from tests.specs import WEB_AND_DB, WITH_REDIS, added, changed
from tests.upgrades_app.engine.stories import NOTE, PASSWORD, SALT, SHOP, Stage, applied_on, install, planned, upgrade
from upgrades_app.engine.execution.apply import apply
from upgrades_app.engine.execution.run import EventKind, Interrupted, Policy, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.planning_input import Answers, Side, Situation
from upgrades_app.engine.planning.plan import told

BASE = added(WEB_AND_DB, mail={"image": "mail:1"}, old={"image": "old:1", "mounts": {"/data": {"source": "junk"}}})
NEXT = changed(added(WITH_REDIS, mail={"image": "mail:2"}), "web", user="app")


def the_upgrade(theirs: AppSpec = NEXT) -> Situation:
    """redis is created, mail and web are replaced, old is removed, and with it its volume."""
    answers = Answers(removed={"old": "remove"}, remove_volumes=frozenset({"junk"}))
    return upgrade(BASE, theirs, answers=answers)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    stage = Stage(request.node.name)
    stage.put(Side(BASE, secrets=PASSWORD))
    return stage


def run_of(situation: Situation, policy: Policy = Policy.ROLL_BACK) -> Run:
    return Run(planned(situation), SALT, PASSWORD, PASSWORD, policy)


def test_dependencies_first_then_removals_then_data(stage: Stage) -> None:
    outcome = stage.run(the_upgrade())

    assert outcome.status == "succeeded", stage.said()
    assert outcome.sentence == "Succeeded: at 1.1"
    assert stage.target.done("apply", "remove", "remove_volume", "finish") == [
        ("apply", "mail"),
        ("apply", "redis"),
        ("apply", "web"),
        ("remove", "old"),
        ("remove_volume", "junk"),
        ("finish", ""),
    ]
    assert {key: part.component.image for key, part in stage.target.parts(SHOP.uid).items()}["mail"] == "mail:2"


def test_an_applied_plan_leaves_nothing_to_do(stage: Stage) -> None:
    stage.run(the_upgrade())
    plan = planned(the_upgrade())
    now = Side(plan.spec, secrets=PASSWORD)
    planning_input = upgrade(NEXT, NEXT, desired=now, applied=now, observed=stage.read())

    assert planned(planning_input).work == (), told(planned(planning_input))


def test_one_objection_and_nothing_is_touched(stage: Stage) -> None:
    before = applied_on(stage.target)
    stage.target.object_to("web", "port 8080 is taken by blog")
    stage.target.object_to("redis", "there is no image redis:8")
    outcome = stage.run(the_upgrade())

    assert outcome.status == "failed"
    assert outcome.error == "there is no image redis:8; port 8080 is taken by blog"
    assert stage.target.done("apply", "remove", "finish") == []
    assert applied_on(stage.target) == before
    assert [event.kind for event in stage.events] == [EventKind.OBJECTED, EventKind.OBJECTED]


def test_a_passing_error_is_tried_again(stage: Stage) -> None:
    stage.target.fail("apply", "redis", times=2, permanent=False, message="the engine is busy; wait")
    outcome = stage.run(the_upgrade())

    assert outcome.status == "succeeded", stage.said()
    assert stage.clock.slept == [1.0, 4.0]
    retries = [event for event in stage.events if event.kind is EventKind.RETRIED]
    assert [event.data["attempt"] for event in retries] == [2, 3]
    assert all("the engine is busy" in event.text for event in retries)


FAULTS: list[tuple[VerbName, str]] = [
    ("apply", "mail"),
    ("gate", "mail"),
    ("apply", "redis"),
    ("gate", "redis"),
    ("apply", "web"),
    ("gate", "web"),
    ("remove", "old"),
    ("remove_volume", "junk"),
]


@pytest.mark.parametrize(("verb", "key"), [fault for fault in FAULTS if fault[0] != "remove_volume"])
def test_wherever_it_fails_everything_goes_back(stage: Stage, verb: VerbName, key: str) -> None:
    before = applied_on(stage.target)
    stage.target.fail(verb, key, message="no space left on the target; make room")
    outcome = stage.run(the_upgrade())

    assert outcome.status == "rolled_back", stage.said()
    assert outcome.sentence == "Failed, restored: at 1.0"
    assert outcome.error == "no space left on the target; make room"
    assert applied_on(stage.target) == before, stage.said()
    assert stage.target.done("finish") == []
    assert "no space left on the target; make room" in stage.said()
    assert set(stage.statuses.values()) <= {StepStatus.UNDONE, StepStatus.SKIPPED}, stage.said()


@pytest.mark.parametrize(("verb", "key"), FAULTS)
def test_wherever_it_fails_the_rest_may_go_on(stage: Stage, verb: VerbName, key: str) -> None:
    before = applied_on(stage.target)
    stage.target.fail(verb, key)
    outcome = stage.run(the_upgrade(), Policy.CONTINUE)

    assert outcome.status == "partially_upgraded", stage.said()
    existing = applied_on(stage.target)
    if key == "redis":
        assert "redis" not in existing
        assert existing["web"] == before["web"], "web waits for redis, which is not there"
    if verb in {"apply", "gate"}:
        assert existing.get(key) == before.get(key), stage.said()
    assert "junk" in stage.target.volumes(SHOP.uid), "no data is deleted where something failed"
    assert stage.target.done("finish") == [("finish", "")]


def test_partly_done_says_how_far(stage: Stage) -> None:
    stage.target.fail("gate", "redis")

    outcome = stage.run(the_upgrade(), Policy.CONTINUE)

    assert outcome.sentence == "Partly done: 2 of 4 components at 1.1, volume junk not deleted"


def test_where_nothing_succeeded_nothing_is_finished(stage: Stage) -> None:
    stage.target.fail("apply", "mail")
    outcome = stage.run(upgrade(BASE, changed(BASE, "mail", image="mail:2")), Policy.CONTINUE)

    assert outcome.status == "rolled_back", stage.said()
    assert stage.target.done("finish") == []


def test_what_cannot_be_put_back_is_named(stage: Stage) -> None:
    stage.target.fail("apply", "web", times=2, message="the disk is gone")
    outcome = stage.run(the_upgrade())

    assert outcome.status == "rollback_failed", stage.said()
    assert outcome.sentence == "Failed, not restored: web healthy: act now"
    assert StepStatus.UNDO_FAILED in stage.statuses.values()
    assert "redis" not in applied_on(stage.target), "the others are put back all the same"


def test_an_unhealthy_old_one_is_not_restored(stage: Stage) -> None:
    stage.target.never_healthy("web")

    assert stage.run(the_upgrade()).sentence == "Failed, not restored: web unhealthy: act now"


def test_what_is_there_as_planned_is_said_by_its_version(stage: Stage) -> None:
    stage.target.fail("gate", "web", message="web does not answer")
    stage.target.fail("remove", "redis", message="redis is busy")
    outcome = stage.run(the_upgrade())

    assert outcome.sentence == "Failed, not restored: redis at 1.1: act now", stage.said()


def test_data_that_may_be_half_deleted_is_not_called_restored(stage: Stage) -> None:
    stage.target.fail("remove_volume", "junk")
    outcome = stage.run(the_upgrade())

    assert outcome.sentence == "Failed, not restored: volume junk deleted: act now", stage.said()


def test_a_refused_end_goes_back(stage: Stage) -> None:
    before = applied_on(stage.target)
    stage.target.fail("finish", message="the push was refused")
    answers = Answers(removed={"old": "remove"})
    outcome = stage.run(upgrade(BASE, NEXT, answers=answers), Policy.CONTINUE)

    assert (outcome.status, outcome.error) == ("rolled_back", "the push was refused"), stage.said()
    assert applied_on(stage.target) == before


END: tuple[VerbName, str] = ("finish", "")


def deaths() -> list[tuple[VerbName, str, bool]]:
    return [(verb, key, after) for verb, key in [*FAULTS, END] for after in (False, True)]


@pytest.mark.parametrize(("verb", "key", "after"), deaths())
def test_killed_anywhere_it_ends_the_same(stage: Stage, verb: VerbName, key: str, after: bool) -> None:
    stage.target.die(verb, key, after=after)
    run = run_of(the_upgrade())
    with pytest.raises(Died):
        stage.go(run)
    events = len(stage.events)
    outcome = stage.go(replace(run, statuses=dict(stage.statuses)))

    assert outcome.status == "succeeded", stage.said()
    assert set(stage.statuses.values()) == {StepStatus.DONE}, stage.said()
    assert {key: part.component for key, part in stage.target.parts(SHOP.uid).items()} == {
        key: step.after.component for step in run.plan.steps if step.after is not None for key in [step.key]
    } | {"db": WEB_AND_DB.components["db"]}
    done_before = [event.step for event in stage.events[:events] if event.kind is EventKind.DONE]
    assert not {event.step for event in stage.events[events:]} & {*done_before}, stage.said()


@pytest.mark.parametrize(("verb", "key"), [("apply", "web"), ("apply", "mail"), ("remove", "redis")])
@pytest.mark.parametrize("after", [False, True])
def test_killed_on_the_way_back_it_goes_on_going_back(stage: Stage, verb: VerbName, key: str, after: bool) -> None:
    before = applied_on(stage.target)
    stage.target.fail("remove", "old")
    stage.when[EventKind.ROLLING_BACK] = lambda: stage.target.die(verb, key, after=after)
    run = run_of(the_upgrade())
    with pytest.raises(Died):
        stage.go(run)
    outcome = stage.go(replace(run, statuses=dict(stage.statuses), rolling_back=True, error="old would not go"))

    assert (outcome.status, outcome.error) == ("rolled_back", "old would not go"), stage.said()
    assert applied_on(stage.target) == before
    assert [event.kind for event in stage.events].count(EventKind.ROLLING_BACK) == 1


def test_a_worker_that_is_asked_to_stop_leaves_the_rest_for_later(stage: Stage) -> None:
    run = run_of(the_upgrade())
    requested = iter([False, False, False, True])
    with pytest.raises(Interrupted):
        apply(run, stage.driver, SHOP, NOTE, stage.report, clock=stage.clock, control=lambda: next(requested))
    outcome = stage.go(replace(run, statuses=dict(stage.statuses)))

    assert outcome.status == "succeeded", stage.said()


def test_a_session_that_cannot_be_had_changes_nothing(stage: Stage) -> None:
    run = run_of(the_upgrade())
    with stage.driver.session(SHOP, NOTE):
        outcome = stage.go(run)

    assert outcome.status == "failed", stage.said()
    assert "being changed by another session" in outcome.sentence


def test_an_installation_that_fails_is_not_installed(request: pytest.FixtureRequest) -> None:
    stage = Stage(request.node.name)
    stage.target.fail("gate", "web", message="web was not healthy within 5m")
    outcome = stage.run(install(WEB_AND_DB, Answers(secrets=PASSWORD)))

    assert outcome.sentence == "Failed, restored: not installed", stage.said()
    assert applied_on(stage.target) == {}
