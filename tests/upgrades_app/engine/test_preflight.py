"""Before the first step: objections, warnings, and everything brought to the target while the old still runs."""

import pytest

from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.engine.stories import NOTE, PASSWORD, SALT, SHOP, Stage, applied_on, planned, uninstall, upgrade
from upgrades_app.engine.execution.apply import apply
from upgrades_app.engine.execution.preflight import Findings, findings
from upgrades_app.engine.execution.run import Event, EventKind, Interrupted, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.planning_input import Answers, Side


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    stage = Stage(request.node.name)
    stage.put(Side(WEB_AND_DB, secrets=PASSWORD))
    return stage


def kinds(stage: Stage) -> list[EventKind]:
    return [event.kind for event in stage.events]


def test_everything_is_brought_before_the_first_verb(stage: Stage) -> None:
    stage.target.must_bring("web", 4_000_000)
    outcome = stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    assert outcome.status == "succeeded", stage.said()
    assert stage.target.done("check", "prepare", "apply") == [
        ("check", "redis"),
        ("check", "web"),
        ("prepare", "redis"),
        ("prepare", "web"),
        ("apply", "redis"),
        ("apply", "web"),
    ]


def test_how_far_it_is_is_told_in_bytes(stage: Stage) -> None:
    stage.target.must_bring("web", 4_000_000)
    stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    described = [event for event in stage.events if event.kind is EventKind.PREPARING]
    image = "shop/web:1.0"
    assert [event.text for event in described] == [
        f"pulling {image}: 0 B of 4.0 MB",
        f"pulling {image}: 1.0 MB of 4.0 MB",
        f"pulling {image}: 2.0 MB of 4.0 MB",
        f"pulling {image}: 3.0 MB of 4.0 MB",
    ]
    assert described[-1].data == {"subject": image, "done": 3_000_000, "total": 4_000_000}
    assert [event.text for event in stage.events if event.kind is EventKind.PREPARED] == [f"{image} is on the target"]


def test_what_cannot_be_brought_fails_and_nothing_is_touched(stage: Stage) -> None:
    before = applied_on(stage.target)
    stage.target.fail("prepare", "web", message="the image web:2 cannot be pulled: denied")
    outcome = stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    assert outcome.status == "failed"
    assert outcome.sentence == "Failed, nothing was changed: the image web:2 cannot be pulled: denied"
    assert applied_on(stage.target) == before
    assert stage.target.done("apply", "finish") == []
    assert stage.statuses == {}


def test_all_that_cannot_be_brought_is_told_at_once(stage: Stage) -> None:
    stage.target.fail("prepare", "redis", message="no image redis:8")
    stage.target.fail("prepare", "web", message="no image web:2")
    outcome = stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    assert outcome.sentence == "Failed, nothing was changed: no image redis:8; no image web:2"
    described = [event for event in stage.events if event.kind is EventKind.OBJECTED]
    assert [(event.step is not None, event.text) for event in described] == [
        (True, "no image redis:8"),
        (True, "no image web:2"),
    ]
    assert stage.target.done("apply") == []


def test_what_may_pass_is_tried_again_and_counted_on_the_step(stage: Stage) -> None:
    stage.target.fail("prepare", "web", times=2, permanent=False, message="the registry is busy")
    outcome = stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    assert outcome.status == "succeeded", stage.said()
    retried = [event for event in stage.events if event.kind is EventKind.RETRIED]
    assert [(event.step is not None, event.data["attempt"]) for event in retried] == [(True, 2), (True, 3)]
    assert stage.clock.slept == [1.0, 4.0]


def test_a_warning_is_told_and_hinders_nothing(stage: Stage) -> None:
    stage.target.warn_of("web", "the host path /srv is also used by the container legacy")
    outcome = stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    assert outcome.status == "succeeded", stage.said()
    assert kinds(stage)[0] is EventKind.WARNED
    assert "also used by the container legacy" in stage.events[0].text


def test_what_is_said_to_every_step_is_told_once(stage: Stage) -> None:
    for key in ("redis", "web"):
        stage.target.warn_of(key, "the engine's disk has little room left")
        stage.target.object_to(key, "the engine is asleep")
    outcome = stage.run(upgrade(WEB_AND_DB, WITH_REDIS))

    assert kinds(stage) == [EventKind.OBJECTED, EventKind.WARNED]
    assert outcome.sentence == "Failed, nothing was changed: the engine is asleep"


def test_a_worker_that_is_asked_to_stop_does_so_while_something_is_brought(stage: Stage) -> None:
    stage.target.must_bring("web", 4_000_000)
    run = Run(planned(upgrade(WEB_AND_DB, WITH_REDIS)), SALT, PASSWORD, PASSWORD)
    requested: list[Event] = []

    def report(event: Event) -> None:
        stage.report(event)
        requested.extend([event] if event.kind is EventKind.PREPARING else [])

    with pytest.raises(Interrupted):
        apply(run, stage.driver, SHOP, NOTE, report, clock=stage.clock, control=lambda: bool(requested))
    assert stage.target.done("apply") == []
    assert StepStatus.RUNNING not in stage.statuses.values()


def test_findings_are_what_the_target_says_to_all_steps(stage: Stage) -> None:
    stage.target.object_to("web", "port 8080 is taken")
    stage.target.warn_of("redis", "little room left")
    run = Run(planned(upgrade(WEB_AND_DB, WITH_REDIS)), SALT, PASSWORD, PASSWORD)

    assert findings(run, stage.driver, SHOP) == Findings(("port 8080 is taken",), ("little room left",))


def test_a_volume_that_is_to_be_deleted_is_asked_about_too(stage: Stage) -> None:
    before = applied_on(stage.target)
    stage.target.object_to("data", "the volume shop_db-data is also used by the container backup")
    outcome = stage.run(uninstall(WEB_AND_DB, Answers(remove_volumes=frozenset({"data"}))))

    assert outcome.sentence.startswith("Failed, nothing was changed: the volume shop_db-data is also used by")
    assert applied_on(stage.target) == before


def test_findings_say_one_thing_once() -> None:
    both = Findings(("a",), ("w",)) + Findings(("a", "b"), ("w",))
    assert both == Findings(("a", "b"), ("w",))
