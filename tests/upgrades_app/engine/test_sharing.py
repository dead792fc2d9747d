"""Who shares another one's network is replaced with it, where things run."""

from tests.specs import WEB_AND_DB, added, changed
from tests.upgrades_app.engine.stories import planned, upgrade
from upgrades_app.engine.planning.plan import StepAction
from upgrades_app.presenters.plan_text import describe_plan

SHARED = added(
    WEB_AND_DB,
    log={"image": "log:1", "network_mode": "service:web"},
    probe={"image": "probe:1", "engine": {"pid": "service:log"}},
    other={"image": "other:1"},
)


def actions(**fields: object) -> dict[str, StepAction]:
    plan = planned(upgrade(SHARED, changed(SHARED, "web", **fields)))
    return {step.key: step.action for step in plan.steps if step.key}


def test_who_shares_follows_and_others_stay() -> None:
    assert actions(image="shop/web:2") == {
        "db": StepAction.NOTHING,
        "web": StepAction.RECREATE,
        "log": StepAction.RECREATE,
        "probe": StepAction.RECREATE,
        "other": StepAction.NOTHING,
    }


def test_nobody_follows_what_stays_the_same_container() -> None:
    assert actions(restart="always")["log"] is StepAction.NOTHING


def test_the_plan_says_why_and_in_which_order() -> None:
    plan = planned(upgrade(SHARED, changed(SHARED, "web", image="shop/web:2")))
    text = describe_plan(plan)
    assert "log is recreated, because it shares the network of web" in text
    assert [step.key for step in plan.changing_steps if step.key] == ["web", "log", "probe"]
    assert {row.key: row.symbol for row in plan.components}["log"] == "±"
