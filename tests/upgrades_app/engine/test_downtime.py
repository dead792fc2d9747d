"""What is replaced may be down, and for how long at most."""

from dataclasses import replace

from tests.specs import WEB_AND_DB, added, changed
from tests.upgrades_app.engine.stories import install, planned, upgrade
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.presenters.decision_summary import describe_downtime

SOON = {"deadline": "30s"}
BASE = added(WEB_AND_DB, mail={"image": "mail:1", "health_gate": SOON}, job={"image": "job:1", "kind": "job"})
NEXT = changed(
    changed(changed(changed(BASE, "web", image="web:9"), "mail", image="mail:2"), "job", image="job:2"), "db", user="pg"
)


def describe(plan: Plan) -> list[str]:
    return [*describe_downtime(plan)]


def test_it_is_said_once_for_all_that_get_the_same_time() -> None:
    assert describe(planned(upgrade(BASE, NEXT))) == [
        "mail may be down until it is healthy. After 30s without success, the previous version is started again",
        "db and web may be down until they are healthy. After 5m without success, the previous version is started again",
    ]


def test_many_are_counted() -> None:
    """The steps name each of them."""
    before = added(WEB_AND_DB, **{f"w{n}": {"image": "w:1"} for n in range(9)})
    after = added(WEB_AND_DB, **{f"w{n}": {"image": "w:2"} for n in range(9)})
    assert describe(planned(upgrade(before, after)))[0].startswith(
        "w0, w1, w2, w3 and 5 more may be down until they are"
    )


def test_nothing_is_down_where_nothing_ran_or_runs() -> None:
    assert describe(planned(install(BASE))) == []
    assert describe(planned(replace(upgrade(BASE, NEXT), starts_containers=False))) == []
