"""An engine that stops during an upgrade and restarts."""

from collections.abc import Iterator

import docker
import pytest

from apps_app.drivers.base import DriverError, OperationNote
from tests.apps_app.drivers.docker.support.docker_app import APP, SALT, DockerApp
from tests.apps_app.drivers.docker.support.engines import OwnEngine, copy_images, second_engine
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.engine.inputs.component_part import build_part

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    with second_engine() as own_engine:
        own_engine.start()
        copy_images(docker.APIClient(base_url=own_engine.address, version="auto"))
        yield own_engine


@pytest.fixture
def docker_app(engine: OwnEngine) -> Iterator[DockerApp]:
    docker_app = DockerApp(engine.address)
    installed = docker_app.deploy(docker_app.document(web={"restart": "unless-stopped"}))
    assert installed.status == "succeeded", installed
    assert docker_app.redis("set", "gate", "open") == "OK"
    yield docker_app
    docker_app.clear()


def test_engine_restart_during_an_upgrade(docker_app: DockerApp, engine: OwnEngine) -> None:
    """It stops before the first step is done; the retries fail."""
    before = docker_app.ids()
    docker_app.when[EventKind.STARTED] = engine.stop
    outcome = docker_app.deploy(docker_app.document(web={"restart": "unless-stopped", "image": "local/uplift-web:2"}))
    assert outcome.status == "rollback_failed"
    assert "is unreachable" in outcome.error
    engine.start()
    assert docker_app.ids() == before
    assert docker_app.page() == "version 1"
    assert docker_app.redis("get", "gate") == "open"
    assert (
        docker_app.deploy(docker_app.document(web={"restart": "unless-stopped", "image": "local/uplift-web:2"})).status
        == "succeeded"
    )
    assert docker_app.page() == "version 2"
    assert docker_app.container("db")["Id"] == before["yard-db-1"]


def test_restarted_engine_does_not_start_the_previous_database(docker_app: DockerApp, engine: OwnEngine) -> None:
    """With `restart: always` the engine would start both containers on one data directory."""
    before = docker_app.ids()
    old = docker_app.document()
    db = old.components["db"].plain
    new = docker_app.document(web={"restart": "unless-stopped"}, db={**db, "image": "local/uplift-redis:8"})
    step = next(item for item in docker_app.plan(new, accept_data_risk=True).steps if item.key == "db")
    assert step.after is not None
    with docker_app.driver.session(APP, OperationNote("upgrade", "", "demo")) as session:
        session.apply("db", build_part(step.after, {}, SALT))
        engine.stop()
        with pytest.raises(DriverError, match="is unreachable"):
            session.wait_for_health("db", build_part(step.after, {}, SALT))
    engine.start()
    running = {name for name in docker_app.ids() if docker_app.api.inspect_container(name)["State"]["Running"]}
    assert running == {"yard-db-1", "yard-web-1"}
    assert docker_app.ids()["yard-db-1.old"] == before["yard-db-1"]
    assert docker_app.redis("get", "gate") == "open"
    with docker_app.driver.session(APP, OperationNote("upgrade", "", "demo")) as session:
        assert step.before is not None
        session.apply("db", build_part(step.before, {}, SALT))
        session.wait_for_health("db", build_part(step.before, {}, SALT))
        session.finish()
    assert docker_app.ids() == before
    assert docker_app.container("db")["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert docker_app.redis("get", "gate") == "open"
