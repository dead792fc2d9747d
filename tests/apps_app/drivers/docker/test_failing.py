"""Ways in which an upgrade fails on a real engine. After each, what was there serves, and the next upgrade works."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.apps_app.drivers.docker.yard import GATE, YARD, Yard, free_port
from upgrades_app.engine.execution.run import EventKind, Outcome

pytestmark = pytest.mark.docker

NEVER_WELL = {"readiness": {"command": ["false"], "interval": "1s"}}


@pytest.fixture(autouse=True)
def unharmed(yard: Yard) -> Iterator[None]:
    """After the failure: the same containers serve, the data is there; then the next upgrade is made."""
    before = yard.ids()
    yield
    assert yard.page() == "version 1"
    assert yard.redis("get", "gate") == "open"
    assert yard.ids() == before
    assert {observed.digest for observed in yard.driver.read(YARD).values()} != {""}
    restarts = {key: yard.container(key)["HostConfig"]["RestartPolicy"]["Name"] for key in ("db", "web")}
    assert restarts == {"db": "always", "web": "no"}
    assert yard.go(yard.document(web={"image": "local/uplift-web:2"})).status == "succeeded"
    assert yard.page() == "version 2"
    assert yard.container("db")["Id"] == before["yard-db-1"]
    assert yard.redis("get", "gate") == "open"


def failed(outcome: Outcome, *words: str) -> None:
    """Refused before anything was done."""
    assert outcome.status == "failed", outcome
    assert [word for word in words if word not in outcome.error + outcome.sentence] == [], outcome


def rolled_back(outcome: Outcome, *words: str) -> None:
    assert outcome.status == "rolled_back", outcome
    assert [word for word in words if word not in outcome.error] == [], outcome


def test_an_image_that_is_nowhere(yard: Yard) -> None:
    failed(yard.go(yard.document(web={"image": "local/nothing:9"})), "local/nothing:9", "cannot be pulled")


def test_a_container_that_exits_at_once(yard: Yard) -> None:
    command = ["sh", "-c", "echo no such table; exit 3"]
    rolled_back(yard.go(yard.document(web={"command": command})), "exit code 3", "no such table")


def test_a_command_that_is_not_there(yard: Yard) -> None:
    rolled_back(yard.go(yard.document(web={"command": ["/bin/nothing"]})), "/bin/nothing")


def test_one_that_never_gets_healthy(yard: Yard) -> None:
    rolled_back(yard.go(yard.document(web={"probes": NEVER_WELL})), "web was not good within 4s", "health check")


def test_one_that_stays_unhealthy_is_not_waited_for_until_the_deadline(yard: Yard) -> None:
    check = {"readiness": {"command": ["false"], "interval": "500ms", "retries": 2}}
    patient = {"deadline": "5m", "minimum": "1s"}
    rolled_back(yard.go(yard.document(web={"probes": check, "health_gate": patient})), "web: it stays unhealthy")


def test_one_that_answers_wrongly_all_the_time_is_not_waited_for_until_the_deadline(yard: Yard) -> None:
    http = {"http": {"port": 8000, "path": "/missing"}, "interval": "500ms", "retries": 2}
    web = {"probes": {"readiness": http}, "health_gate": {"deadline": "5m", "minimum": "1s"}}
    rolled_back(yard.go(yard.document(web=web)), "it stays unhealthy: GET /missing answered 404")


def test_one_that_never_answers(yard: Yard) -> None:
    probe = {"readiness": {"http": {"port": 8000, "path": "/missing"}}}
    rolled_back(yard.go(yard.document(web={"probes": probe})), "GET /missing answered 404")


def test_one_that_restarts_again_and_again(yard: Yard) -> None:
    web = {"command": ["sh", "-c", "echo never; exit 4"], "restart": "always"}
    rolled_back(yard.go(yard.document(web=web)), "restarts again and again", "exit code 4")


def test_a_port_that_a_stranger_has(yard: Yard) -> None:
    port = free_port()
    web: dict[str, Any] = {"ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}}}
    with yard.stranger("the-stranger", port_bindings={8000: ("127.0.0.1", port)}):
        failed(yard.go(yard.document(web=web)), str(port), "the-stranger", "is free")


def test_a_port_that_a_stranger_takes_after_the_check(yard: Yard) -> None:
    port = free_port()
    web: dict[str, Any] = {"ports": {"8000/tcp": {f"127.0.0.1:{port}": {}}}}
    with ExitStack() as stack:
        late = yard.stranger("the-stranger", port_bindings={8000: ("127.0.0.1", port)})
        yard.when[EventKind.STARTED] = lambda: stack.enter_context(late)
        rolled_back(yard.go(yard.document(web=web)), f"port {port} is used by the container the-stranger; ", "is free")


def test_a_volume_to_delete_that_a_stranger_uses(yard: Yard) -> None:
    with yard.stranger("the-stranger", binds=["yard_db-data:/data"]):
        spec = yard.document(web={"image": "local/uplift-web:2", "depends_on": {}})
        without = spec.model_copy(update={"components": {"web": spec.components["web"]}, "volumes": {}})
        failed(yard.go(without, remove_volumes=frozenset({"db-data"})), "yard_db-data is also used by", "the-stranger")


def test_a_volume_that_a_stranger_takes_after_the_check(yard: Yard) -> None:
    extra = {"image": "local/uplift-redis:7", "mounts": {"/data": {"source": "more"}}, "health_gate": GATE}
    before = yard.applied
    assert yard.go(yard.document(extra=extra)).status == "succeeded"
    extra_before = yard.container("extra")["Id"]
    with ExitStack() as stack:
        late = yard.stranger("the-stranger", binds=["yard_more:/data"])
        yard.when[EventKind.STARTED] = lambda: stack.enter_context(late)
        outcome = yard.go(yard.document(), remove_volumes=frozenset({"more"}))
        rolled_back(outcome, "yard_more is in use")
    assert yard.container("extra")["Id"] == extra_before
    assert before is not None
    assert yard.go(before, remove_volumes=frozenset({"more"})).status == "succeeded"
    assert yard.api.volumes(filters={"name": "yard_more"})["Volumes"] in (None, [])


def test_a_volume_name_that_a_stranger_has(yard: Yard) -> None:
    yard.api.create_volume("yard_more")
    extra = {"image": "local/uplift-redis:7", "mounts": {"/data": {"source": "more"}}}
    try:
        failed(yard.go(yard.document(extra=extra)), "yard_more", "somebody else")
    finally:
        yard.api.remove_volume("yard_more")


def test_a_name_that_a_stranger_has(yard: Yard) -> None:
    with yard.stranger("yard-extra-1"):
        extra = {"image": "local/uplift-web:1"}
        failed(yard.go(yard.document(extra=extra)), "yard-extra-1", "somebody else")


READ_ONLY: list[tuple[dict[str, Any], str]] = [
    (
        {"mounts": {"/conf": {"source": "more", "read_only": True}}, "config_files": {"/conf/a": {"content": "x"}}},
        "read-only",
    ),
    ({"engine": {"read_only": True}, "config_files": {"/conf/a": {"content": "x"}}}, "read_only"),
    ({"mounts": {"/conf": {"kind": "tmpfs"}}, "config_files": {"/conf/a": {"content": "x"}}}, "temporary"),
]


@pytest.mark.parametrize(("web", "word"), READ_ONLY)
def test_a_config_file_where_nothing_can_be_written(yard: Yard, web: dict[str, Any], word: str) -> None:
    failed(yard.go(yard.document(web=web)), "/conf/a", word)


def test_a_mount_that_turns_read_only(yard: Yard) -> None:
    web = {"mounts": {"/conf": {"source": "more", "read_only": True}}, "command": ["touch", "/conf/a"]}
    rolled_back(yard.go(yard.document(web=web)), "Read-only file system")


def test_a_config_file_where_the_image_has_a_directory(yard: Yard) -> None:
    outcome = yard.go(yard.document(web={"config_files": {"/www": {"content": "x"}}}))
    rolled_back(outcome, "/www", "directory in the image")


def test_a_dependency_that_never_gets_ready(yard: Yard) -> None:
    cache = {"image": "local/uplift-redis:7", "probes": NEVER_WELL, "health_gate": GATE}
    web = {"depends_on": {"cache": {"condition": "healthy"}}, "image": "local/uplift-web:2"}
    rolled_back(yard.go(yard.document(web=web, cache=cache)), "cache was not good within 4s")
    assert [event.step for event in yard.events if event.kind is EventKind.STARTED] == [1]


def test_a_dependency_that_is_ill_since_before(yard: Yard) -> None:
    yard.api.pause(yard.container("db")["Id"])
    web = {"image": "local/uplift-web:2"}
    rolled_back(yard.go(yard.document(web=web)), "web waits for db")
    yard.api.unpause(yard.container("db")["Id"])
