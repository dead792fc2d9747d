"""The engine itself stops in the middle of an upgrade, and comes back."""

from collections.abc import Iterator

import docker
import pytest

from apps_app.drivers.base import DriverError, Note
from tests.apps_app.drivers.docker.engines import OwnEngine, give_images, second_engine
from tests.apps_app.drivers.docker.yard import SALT, YARD, Yard
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.engine.inputs.component_part import part

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    with second_engine() as own_engine:
        own_engine.start()
        give_images(docker.APIClient(base_url=own_engine.address, version="auto"))
        yield own_engine


@pytest.fixture
def yard(engine: OwnEngine) -> Iterator[Yard]:
    yard = Yard(engine.address)
    installed = yard.go(yard.document(web={"restart": "unless-stopped"}))
    assert installed.status == "succeeded", installed
    assert yard.redis("set", "gate", "open") == "OK"
    yield yard
    yard.clear()


def test_an_engine_that_stops_and_comes_back(yard: Yard, engine: OwnEngine) -> None:
    """Before the first step is done: the tries that follow find it gone, and say so."""
    before = yard.ids()
    yard.when[EventKind.STARTED] = engine.stop
    outcome = yard.go(yard.document(web={"restart": "unless-stopped", "image": "local/uplift-web:2"}))
    assert outcome.status == "rollback_failed"
    assert "cannot be reached" in outcome.error
    engine.start()
    assert yard.ids() == before
    assert yard.page() == "version 1"
    assert yard.redis("get", "gate") == "open"
    assert (
        yard.go(yard.document(web={"restart": "unless-stopped", "image": "local/uplift-web:2"})).status == "succeeded"
    )
    assert yard.page() == "version 2"
    assert yard.container("db")["Id"] == before["yard-db-1"]


def test_a_kept_database_is_not_started_by_an_engine_that_comes_back(yard: Yard, engine: OwnEngine) -> None:
    """`restart: always` would start the old one too, on the directory that the new one writes."""
    before = yard.ids()
    old = yard.document()
    db = old.components["db"].plain
    new = yard.document(web={"restart": "unless-stopped"}, db={**db, "image": "local/uplift-redis:8"})
    step = next(item for item in yard.plan(new, accept_data_risk=True).steps if item.key == "db")
    assert step.after is not None
    with yard.driver.session(YARD, Note("upgrade", "", "demo")) as session:
        session.apply("db", part(step.after, {}, SALT))
        engine.stop()
        with pytest.raises(DriverError, match="cannot be reached"):
            session.gate("db", part(step.after, {}, SALT))
    engine.start()
    running = {name for name in yard.ids() if yard.api.inspect_container(name)["State"]["Running"]}
    assert running == {"yard-db-1", "yard-web-1"}
    assert yard.ids()["yard-db-1.old"] == before["yard-db-1"]
    assert yard.redis("get", "gate") == "open"
    with yard.driver.session(YARD, Note("upgrade", "", "demo")) as session:
        assert step.before is not None
        session.apply("db", part(step.before, {}, SALT))
        session.gate("db", part(step.before, {}, SALT))
        session.finish()
    assert yard.ids() == before
    assert yard.container("db")["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert yard.redis("get", "gate") == "open"
