"""Components that share a network namespace, and networks whose definition changes."""

from typing import Any

import pytest

from apps_app.drivers.base import OperationNote
from apps_app.drivers.issues import IssueCode
from templates_app.appspec.schema.model import AppSpec, Network
from tests.apps_app.drivers.docker.support.docker_app import APP, GATE, DockerApp
from tests.apps_app.drivers.docker.test_failed_upgrades import NEVER_WELL
from upgrades_app.engine.inputs.message import MessageCode

pytestmark = pytest.mark.docker

SIDE: dict[str, Any] = {
    "image": "local/uplift-web:1",
    "command": ["sleep", "1000"],
    "network_mode": "service:web",
    "stop": {"grace": "0s"},
    "health_gate": GATE,
}


@pytest.fixture
def shared(docker_app: DockerApp) -> DockerApp:
    """Add a component that shares the network namespace of web."""
    assert docker_app.deploy(docker_app.document(side=SIDE)).status == "succeeded"
    assert fetch_from_side(docker_app) == "version 1"
    return docker_app


def fetch_from_side(docker_app: DockerApp) -> str:
    """Return the response of web on the loopback of the other component."""
    created = docker_app.api.exec_create(
        docker_app.container("side")["Id"], ["wget", "-q", "-O-", "http://127.0.0.1:8000/"]
    )
    return str(docker_app.api.exec_start(created["Id"]).decode().strip())


def get_namespace_owner_id(docker_app: DockerApp) -> str:
    return str(docker_app.container("side")["HostConfig"]["NetworkMode"]).removeprefix("container:")


def test_namespace_users_are_recreated_with_the_owner(shared: DockerApp) -> None:
    before = shared.ids()
    spec = shared.document(side=SIDE, web={"image": "local/uplift-web:2"})
    side = next(step for step in shared.plan(spec).changing_steps if step.key == "side")
    assert side.reason.code is MessageCode.STEP_RECREATE_SHARED_NETWORK
    assert side.reason.params["owner"] == "web"
    outcome = shared.deploy(spec)

    assert outcome.status == "succeeded", outcome
    assert get_namespace_owner_id(shared) == shared.ids()["yard-web-1"] != before["yard-web-1"]
    assert fetch_from_side(shared) == "version 2"
    assert shared.ids()["yard-db-1"] == before["yard-db-1"]
    assert {key: observed.detail for key, observed in shared.driver.read(APP).items() if not observed.digest} == {}


def test_namespace_users_are_rolled_back_with_the_owner(shared: DockerApp) -> None:
    before = shared.ids()
    last = {"image": "local/uplift-web:1", "probes": NEVER_WELL, "depends_on": {"side": {}}, "health_gate": GATE}
    outcome = shared.deploy(shared.document(side=SIDE, web={"image": "local/uplift-web:2"}, last=last))

    assert outcome.status == "rolled_back", outcome
    assert shared.ids() == before
    assert fetch_from_side(shared) == "version 1"


def test_changed_namespace_user_is_rolled_back(shared: DockerApp) -> None:
    before = shared.ids()
    side = {**SIDE, "command": ["sleep", "2000"], "probes": NEVER_WELL}
    outcome = shared.deploy(shared.document(side=side, web={"image": "local/uplift-web:2"}))

    assert outcome.status == "rolled_back", outcome
    assert shared.ids() == before
    assert shared.container("side")["Config"]["Cmd"] == ["sleep", "1000"]
    assert fetch_from_side(shared) == "version 1"


def test_namespace_user_restarts_with_a_restored_owner(shared: DockerApp) -> None:
    before = shared.ids()
    outcome = shared.deploy(shared.document(side=SIDE, web={"command": ["sh", "-c", "exit 3"]}))

    assert outcome.status == "rolled_back", outcome
    assert shared.ids() == before
    assert fetch_from_side(shared) == "version 1"


def test_namespace_user_restarts_with_its_owner(shared: DockerApp) -> None:
    with shared.driver.session(APP, OperationNote("Restart web", "", "demo")) as session:
        session.restart("web")
    assert shared.page() == "version 1"
    assert fetch_from_side(shared) == "version 1"


def test_orphaned_namespace_user_is_reported(shared: DockerApp) -> None:
    shared.api.remove_container(shared.container("web")["Id"], force=True)
    side = shared.driver.read(APP)["side"]
    assert (side.digest, side.detail) == ("", "yard-side-1 shares the network of a container that no longer exists")


def internal(spec: AppSpec, key: str, **more: Any) -> AppSpec:
    return spec.model_copy(update={"networks": {key: Network(internal=True, **more)}})


def test_changed_network_in_use_is_reported(docker_app: DockerApp) -> None:
    before = docker_app.ids()
    outcome = docker_app.deploy(internal(docker_app.document(), "default"))

    assert outcome.status == "failed", outcome
    issues = [issue for issue in outcome.issues if issue.code is IssueCode.NETWORK_IN_USE]
    assert {issue.resource for issue in issues} == {"yard_default"}
    assert dict(issues[0].params) == {"property": "internal setting", "containers": "yard-db-1, yard-web-1"}
    assert docker_app.ids() == before
    assert docker_app.deploy(internal(docker_app.document(), "default", name="yard-inside")).status == "succeeded"
    assert [network["Name"] for network in docker_app.api.networks(filters={"label": f"uplift.uid={APP.uid}"})] == [
        "yard-inside"
    ]


def test_changed_unused_network_is_recreated(docker_app: DockerApp) -> None:
    labels = {"uplift.uid": APP.uid, "uplift.slug": APP.slug, "uplift.network": "back"}
    docker_app.api.create_network("yard_back", labels=labels)
    extra = {"image": "local/uplift-web:1", "networks": {"back": {}}, "health_gate": GATE}
    outcome = docker_app.deploy(internal(docker_app.document(extra=extra), "back"))

    assert outcome.status == "succeeded", outcome
    assert docker_app.api.inspect_network("yard_back")["Internal"] is True
