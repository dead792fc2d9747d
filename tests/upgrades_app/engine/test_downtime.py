"""What is replaced may be down, and for how long at most."""

from dataclasses import replace

from tests.specs import WEB_AND_DB, added, changed
from tests.upgrades_app.engine.stories import install, planned, upgrade
from upgrades_app.engine.comparison.decision_summary import downtime
from upgrades_app.engine.planning.plan import Plan

SOON = {"deadline": "30s"}
BASE = added(WEB_AND_DB, mail={"image": "mail:1", "health_gate": SOON}, job={"image": "job:1", "kind": "job"})
NEXT = changed(
    changed(changed(changed(BASE, "web", image="web:9"), "mail", image="mail:2"), "job", image="job:2"), "db", user="pg"
)


def said(plan: Plan) -> list[str]:
    return [*downtime(plan)]


def test_it_is_said_once_for_all_that_get_the_same_time() -> None:
    assert said(planned(upgrade(BASE, NEXT))) == [
        "mail may be down until it is good: after 30s at most, what was there before is started again",
        "db and web may be down until they are good: after 5m at most, what was there before is started again",
    ]


def test_many_are_counted() -> None:
    """The steps name each of them."""
    before = added(WEB_AND_DB, **{f"w{n}": {"image": "w:1"} for n in range(9)})
    after = added(WEB_AND_DB, **{f"w{n}": {"image": "w:2"} for n in range(9)})
    assert said(planned(upgrade(before, after)))[0].startswith("w0, w1, w2, w3 and 5 more may be down until they are")


def test_nothing_is_down_where_nothing_ran_or_runs() -> None:
    assert said(planned(install(BASE))) == []
    assert said(planned(replace(upgrade(BASE, NEXT), runs=False))) == []
