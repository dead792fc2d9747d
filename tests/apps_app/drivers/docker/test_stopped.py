"""A component that others need was stopped by hand: an upgrade starts it, and one that fails can be undone."""

import pytest

from tests.apps_app.drivers.docker.yard import Yard
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.engine.planning.plan import told

pytestmark = pytest.mark.docker


def test_it_is_started_for_the_one_that_needs_it(yard: Yard) -> None:
    before, yard.looks = yard.ids()["yard-db-1"], True
    yard.api.stop("yard-db-1", timeout=5)
    spec = yard.document(web={"image": "local/uplift-web:2"})
    plan = yard.plan(spec)
    assert plan.work[0].sentence == "db is stopped on the target and is started: web needs it", told(plan)

    outcome = yard.go(spec)
    assert outcome.status == "succeeded", outcome
    assert yard.ids()["yard-db-1"] == before
    assert yard.redis("get", "gate") == "open"
    assert yard.page() == "version 2"


def test_what_waits_for_it_goes_back_all_the_same(yard: Yard) -> None:
    before, started = yard.ids(), yard.container("web")["State"]["StartedAt"]
    yard.when[EventKind.CHECKED] = lambda: yard.api.stop("yard-db-1", timeout=5)
    outcome = yard.go(yard.document(web={"image": "local/uplift-web:2"}))

    assert outcome.status == "rolled_back", outcome
    assert "web waits for db" in outcome.error
    assert yard.ids() == before
    assert yard.container("web")["State"]["StartedAt"] == started
    assert yard.page() == "version 1"
    assert not yard.container("db")["State"]["Running"]
