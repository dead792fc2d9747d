"""Failed upgrades on a real engine. The previous containers keep serving and the next upgrade succeeds."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from apps_app.presenters.preflight_messages import describe_issue
from tests.apps_app.drivers.docker.support.docker_app import APP, GATE, DockerApp, free_port
from upgrades_app.engine.execution.run import EventKind, RunOutcome

pytestmark = pytest.mark.docker

NEVER_WELL = {"readiness": {"command": ["false"], "interval": "1s"}}


@pytest.fixture(autouse=True)
def unharmed(docker_app: DockerApp) -> Iterator[None]:
    """Assert after each test that the same containers serve with their data, then upgrade."""
    before = docker_app.ids()
    yield
    assert docker_app.page() == "version 1"
    assert docker_app.redis("get", "gate") == "open"
    assert docker_app.ids() == before
    assert {observed.digest for observed in docker_app.driver.read(APP).values()} != {""}
    restarts = {key: docker_app.container(key)["HostConfig"]["RestartPolicy"]["Name"] for key in ("db", "web")}
    assert restarts == {"db": "always", "web": "no"}
    assert docker_app.deploy(docker_app.document(web={"image": "local/uplift-web:2"})).status == "succeeded"
    assert docker_app.page() == "version 2"
    assert docker_app.container("db")["Id"] == before["yard-db-1"]
    assert docker_app.redis("get", "gate") == "open"


def assert_failed(outcome: RunOutcome, *words: str) -> None:
    """Assert that the run was refused before anything was changed."""
    assert outcome.status == "failed", outcome
    message = " ".join((outcome.error, *map(describe_issue, outcome.issues)))
    assert [word for word in words if word not in message] == [], message


def assert_rolled_back(outcome: RunOutcome, *words: str) -> None:
    assert outcome.status == "rolled_back", outcome
    assert [word for word in words if word not in outcome.error] == [], outcome


def test_missing_image(docker_app: DockerApp) -> None:
    assert_failed(
        docker_app.deploy(docker_app.document(web={"image": "local/nothing:9"})), "local/nothing:9", "cannot be pulled"
    )


def test_container_that_exits(docker_app: DockerApp) -> None:
    command = ["sh", "-c", "echo no such table; exit 3"]
    assert_rolled_back(
        docker_app.deploy(docker_app.document(web={"command": command})), "exited with code 3", "no such table"
    )


def test_missing_command(docker_app: DockerApp) -> None:
    assert_rolled_back(docker_app.deploy(docker_app.document(web={"command": ["/bin/nothing"]})), "/bin/nothing")


def test_container_that_never_becomes_healthy(docker_app: DockerApp) -> None:
    assert_rolled_back(
        docker_app.deploy(docker_app.document(web={"probes": NEVER_WELL})),
        "web did not become healthy within 4s",
        "health check",
    )


def test_unhealthy_container_fails_before_the_deadline(docker_app: DockerApp) -> None:
    check = {"readiness": {"command": ["false"], "interval": "500ms", "retries": 2}}
    patient = {"deadline": "5m", "minimum": "1s"}
    assert_rolled_back(
        docker_app.deploy(docker_app.document(web={"probes": check, "health_gate": patient})),
        "web failed: it stays unhealthy",
    )


def test_failing_probe_fails_before_the_deadline(docker_app: DockerApp) -> None:
    http = {"http": {"port": 8000, "path": "/missing"}, "interval": "500ms", "retries": 2}
    web = {"probes": {"readiness": http}, "health_gate": {"deadline": "5m", "minimum": "1s"}}
    assert_rolled_back(docker_app.deploy(docker_app.document(web=web)), "it stays unhealthy: GET /missing returned 404")


def test_probe_that_never_succeeds(docker_app: DockerApp) -> None:
    probe = {"readiness": {"http": {"port": 8000, "path": "/missing"}}}
    assert_rolled_back(docker_app.deploy(docker_app.document(web={"probes": probe})), "GET /missing returned 404")


def test_container_that_restarts_repeatedly(docker_app: DockerApp) -> None:
    web = {"command": ["sh", "-c", "echo never; exit 4"], "restart": "always"}
    assert_rolled_back(docker_app.deploy(docker_app.document(web=web)), "restarts repeatedly", "exited with code 4")


def test_port_of_an_unmanaged_container(docker_app: DockerApp) -> None:
    port = free_port()
    web: dict[str, Any] = {"ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}}}
    with docker_app.run_unmanaged("the-stranger", port_bindings={8000: ("127.0.0.1", port)}):
        assert_failed(docker_app.deploy(docker_app.document(web=web)), str(port), "the-stranger", "for example")


def test_port_taken_after_the_check(docker_app: DockerApp) -> None:
    port = free_port()
    web: dict[str, Any] = {"ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}}}
    with ExitStack() as stack:
        late = docker_app.run_unmanaged("the-stranger", port_bindings={8000: ("127.0.0.1", port)})
        docker_app.when[EventKind.STARTED] = lambda: stack.enter_context(late)
        assert_rolled_back(
            docker_app.deploy(docker_app.document(web=web)),
            f"Port 127.0.0.1:{port}/tcp is in use by container the-stranger. Choose another port, for example",
        )


def test_deleted_volume_in_use_by_an_unmanaged_container(docker_app: DockerApp) -> None:
    with docker_app.run_unmanaged("the-stranger", binds=["yard_db-data:/data"]):
        spec = docker_app.document(web={"image": "local/uplift-web:2", "depends_on": {}})
        without = spec.model_copy(update={"components": {"web": spec.components["web"]}, "volumes": {}})
        assert_failed(
            docker_app.deploy(without, remove_volumes=frozenset({"db-data"})),
            "yard_db-data is also used by",
            "the-stranger",
        )


def test_deleted_volume_mounted_after_the_check(docker_app: DockerApp) -> None:
    extra = {"image": "local/uplift-redis:7", "mounts": {"/data": {"source": "more"}}, "health_gate": GATE}
    before = docker_app.applied
    assert docker_app.deploy(docker_app.document(extra=extra)).status == "succeeded"
    extra_before = docker_app.container("extra")["Id"]
    with ExitStack() as stack:
        late = docker_app.run_unmanaged("the-stranger", binds=["yard_more:/data"])
        docker_app.when[EventKind.STARTED] = lambda: stack.enter_context(late)
        outcome = docker_app.deploy(docker_app.document(), remove_volumes=frozenset({"more"}))
        assert_rolled_back(outcome, "yard_more is in use")
    assert docker_app.container("extra")["Id"] == extra_before
    assert before is not None
    assert docker_app.deploy(before, remove_volumes=frozenset({"more"})).status == "succeeded"
    assert docker_app.api.volumes(filters={"name": "yard_more"})["Volumes"] in (None, [])


def test_volume_name_in_use(docker_app: DockerApp) -> None:
    docker_app.api.create_volume("yard_more")
    extra = {"image": "local/uplift-redis:7", "mounts": {"/data": {"source": "more"}}}
    try:
        assert_failed(
            docker_app.deploy(docker_app.document(extra=extra)), "yard_more", "something that Uplift does not manage"
        )
    finally:
        docker_app.api.remove_volume("yard_more")


def test_container_name_in_use(docker_app: DockerApp) -> None:
    with docker_app.run_unmanaged("yard-extra-1"):
        extra = {"image": "local/uplift-web:1"}
        assert_failed(
            docker_app.deploy(docker_app.document(extra=extra)), "yard-extra-1", "something that Uplift does not manage"
        )


READ_ONLY: list[tuple[dict[str, Any], str]] = [
    (
        {"mounts": {"/conf": {"source": "more", "read_only": True}}, "config_files": {"/conf/a": {"content": "x"}}},
        "read-only",
    ),
    ({"engine": {"read_only": True}, "config_files": {"/conf/a": {"content": "x"}}}, "read_only"),
    ({"mounts": {"/conf": {"kind": "tmpfs"}}, "config_files": {"/conf/a": {"content": "x"}}}, "tmpfs"),
]


@pytest.mark.parametrize(("web", "word"), READ_ONLY)
def test_config_file_on_a_read_only_path(docker_app: DockerApp, web: dict[str, Any], word: str) -> None:
    assert_failed(docker_app.deploy(docker_app.document(web=web)), "/conf/a", word)


def test_read_only_mount(docker_app: DockerApp) -> None:
    web = {"mounts": {"/conf": {"source": "more", "read_only": True}}, "command": ["touch", "/conf/a"]}
    assert_rolled_back(docker_app.deploy(docker_app.document(web=web)), "Read-only file system")


def test_config_file_at_a_directory_of_the_image(docker_app: DockerApp) -> None:
    outcome = docker_app.deploy(docker_app.document(web={"config_files": {"/www": {"content": "x"}}}))
    assert_rolled_back(outcome, "/www", "directory in the image")


def test_dependency_that_never_becomes_ready(docker_app: DockerApp) -> None:
    cache = {"image": "local/uplift-redis:7", "probes": NEVER_WELL, "health_gate": GATE}
    web = {"depends_on": {"cache": {"condition": "healthy"}}, "image": "local/uplift-web:2"}
    assert_rolled_back(
        docker_app.deploy(docker_app.document(web=web, cache=cache)), "cache did not become healthy within 4s"
    )
    assert [event.step for event in docker_app.events if event.kind is EventKind.STARTED] == [1]


def test_unhealthy_existing_dependency(docker_app: DockerApp) -> None:
    docker_app.api.pause(docker_app.container("db")["Id"])
    web = {"image": "local/uplift-web:2"}
    assert_rolled_back(docker_app.deploy(docker_app.document(web=web)), "web depends on db")
    docker_app.api.unpause(docker_app.container("db")["Id"])
