"""Dependencies that were stopped manually are started by an upgrade."""

import pytest

from tests.apps_app.drivers.docker.support.docker_app import DockerApp
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.presenters.plan_text import describe_plan

pytestmark = pytest.mark.docker


def test_stopped_dependency_is_started(docker_app: DockerApp) -> None:
    before, docker_app.uses_live_state = docker_app.ids()["yard-db-1"], True
    docker_app.api.stop("yard-db-1", timeout=5)
    spec = docker_app.document(web={"image": "local/uplift-web:2"})
    plan = docker_app.plan(spec)
    start = plan.changing_steps[0]
    assert (start.key, start.reason.code) == ("db", MessageCode.STEP_START_STOPPED), describe_plan(plan)
    assert start.reason.params["dependent"] == "web"

    outcome = docker_app.deploy(spec)
    assert outcome.status == "succeeded", outcome
    assert docker_app.ids()["yard-db-1"] == before
    assert docker_app.redis("get", "gate") == "open"
    assert docker_app.page() == "version 2"


def test_dependent_of_a_stopped_dependency_is_rolled_back(docker_app: DockerApp) -> None:
    before, started = docker_app.ids(), docker_app.container("web")["State"]["StartedAt"]
    docker_app.when[EventKind.CHECKED] = lambda: docker_app.api.stop("yard-db-1", timeout=5)
    outcome = docker_app.deploy(docker_app.document(web={"image": "local/uplift-web:2"}))

    assert outcome.status == "rolled_back", outcome
    assert "web depends on db" in outcome.error
    assert docker_app.ids() == before
    assert docker_app.container("web")["State"]["StartedAt"] == started
    assert docker_app.page() == "version 1"
    assert not docker_app.container("db")["State"]["Running"]
