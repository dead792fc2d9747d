"""Who shares another one's network is replaced with it, where things run."""

from tests.specs import WEB_AND_DB, added, changed
from tests.upgrades_app.engine.stories import planned, upgrade
from upgrades_app.engine.planning.plan import Action, told

SHARED = added(
    WEB_AND_DB,
    log={"image": "log:1", "network_mode": "service:web"},
    probe={"image": "probe:1", "engine": {"pid": "service:log"}},
    other={"image": "other:1"},
)


def actions(**fields: object) -> dict[str, Action]:
    plan = planned(upgrade(SHARED, changed(SHARED, "web", **fields)))
    return {step.key: step.action for step in plan.steps if step.key}


def test_who_shares_follows_and_others_stay() -> None:
    assert actions(image="shop/web:2") == {
        "db": Action.NOTHING,
        "web": Action.RECREATE,
        "log": Action.RECREATE,
        "probe": Action.RECREATE,
        "other": Action.NOTHING,
    }


def test_nobody_follows_what_stays_the_same_container() -> None:
    assert actions(restart="always")["log"] is Action.NOTHING


def test_the_plan_says_why_and_in_which_order() -> None:
    plan = planned(upgrade(SHARED, changed(SHARED, "web", image="shop/web:2")))
    text = told(plan)
    assert "log is replaced by a new one, since it shares the network of web" in text
    assert [step.key for step in plan.work if step.key] == ["web", "log", "probe"]
    assert {row.key: row.symbol for row in plan.components}["log"] == "±"
