"""Which containers an upgrade replaces on a real engine."""

import json
from typing import Any

import pytest

from apps_app.drivers.base import ComponentPart, ComponentState, DriverError, OperationNote
from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.drivers.registry import open_driver
from templates_app.appspec.schema.model import Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import compute_digest
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.container_events import count_concurrent, list_starts_and_exits, now
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp

pytestmark = pytest.mark.docker

FAST_GATE = {"deadline": "4s", "minimum": "200ms"}


def part(**fields: Any) -> ComponentPart:
    component = parse_component(
        {"image": "local/uplift-web:1", "stop": {"grace": "2s"}, "health_gate": FAST_GATE, **fields}
    )
    volumes = {mount.source: Volume() for mount in component.mounts.values() if mount.kind == "volume"}
    return ComponentPart(component, compute_digest(component.model_dump(mode="json")), volumes)


def apply_parts(docker_app: DockerApp, note: str, **parts: ComponentPart) -> None:
    with docker_app.driver.session(APP, OperationNote(note, "", "demo")) as session:
        for key, item in parts.items():
            session.apply(key, item)
            session.wait_for_health(key, item)
        session.finish()


def started(docker_app: DockerApp, key: str) -> str:
    text: str = docker_app.container(key)["State"]["StartedAt"]
    return text


def test_only_planned_components_change(docker_app: DockerApp) -> None:
    before = docker_app.container("db")
    redis = {"image": "local/uplift-redis:8", "health_gate": FAST_GATE}
    assert (
        docker_app.deploy(docker_app.document(web={"image": "local/uplift-web:2"}, redis=redis)).status == "succeeded"
    )
    after = docker_app.container("db")
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    assert docker_app.page() == "version 2"
    assert docker_app.redis("ping", key="redis") == "PONG"
    assert sorted(docker_app.ids()) == ["yard-db-1", "yard-redis-1", "yard-web-1"]


def test_database_never_runs_twice_on_one_directory(docker_app: DockerApp) -> None:
    since = now(docker_app.api)
    db = docker_app.document().components["db"].plain
    assert (
        docker_app.deploy(docker_app.document(db={**db, "image": "local/uplift-redis:8"}), accept_data_risk=True).status
        == "succeeded"
    )
    assert docker_app.redis("get", "gate") == "open"
    data = list_starts_and_exits(docker_app.api, APP, since, "db")
    assert data == ["die db", "start db"]
    assert count_concurrent(data, running=1) == 1


def test_rollback_in_a_session_restores_the_same_container(empty: DockerApp) -> None:
    old, new = part(ports={"8000/tcp": {f"127.0.0.1:{empty.port}": {}}}), part(image="local/uplift-web:2")
    apply_parts(empty, "install", web=old)
    before = empty.container("web")["Id"]
    with empty.driver.session(APP, OperationNote("upgrade", "", "demo")) as session:
        session.apply("web", new)
        session.wait_for_health("web", new)
        session.apply("web", old)
        session.wait_for_health("web", old)
        session.remove("web")
        session.apply("web", old)
        session.finish()
    assert empty.ids() == {"yard-web-1": before}
    assert empty.page() == "version 1"


def test_target_minimum_is_the_default(empty: DockerApp) -> None:
    driver = open_driver("docker", {"address": engines.address(), "gate": "300ms"}, "")
    data = []
    with driver.session(APP, OperationNote("install", "", "demo")) as session:
        for key, item in {"web": part(health_gate={}), "slow": part(health_gate={"minimum": "700ms"})}.items():
            session.apply(key, item)
            data.append(session.wait_for_health(key, item))
    assert ["0.3 s without a restart" in data[0], "0.7 s without a restart" in data[1]] == [True, True], data


def test_container_without_ports_and_volumes_starts_alongside(empty: DockerApp) -> None:
    old, new = part(), part(image="local/uplift-web:2")
    apply_parts(empty, "install", web=old)
    before = empty.container("web")["Id"]
    with empty.driver.session(APP, OperationNote("upgrade", "", "demo")) as session:
        session.apply("web", new)
        both = empty.ids()
        assert both["yard-web-1"] == before
        assert empty.container("web")["State"]["Running"]
        named = [empty.api.inspect_container(name)["NetworkSettings"]["Networks"] for name in both.values()]
        assert sum("web" in (item["yard_default"]["Aliases"] or []) for item in named) == 1
        session.wait_for_health("web", new)
        assert empty.container("web")["Id"] == both["yard-web-1.new"]
        assert "web" in empty.container("web")["NetworkSettings"]["Networks"]["yard_default"]["Aliases"]
        session.finish()
    assert empty.ids() == {"yard-web-1": both["yard-web-1.new"]}


def test_live_settings_change_in_place(empty: DockerApp) -> None:
    apply_parts(empty, "install", web=part(resources={"memory_limit": "64m"}))
    before = empty.container("web")
    changed = part(resources={"memory_limit": "32m"}, restart="unless-stopped", depends_on={"db": {}})
    apply_parts(empty, "change", web=changed)
    after = empty.container("web")
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    assert (after["HostConfig"]["Memory"], after["HostConfig"]["RestartPolicy"]["Name"]) == (32 << 20, "unless-stopped")
    assert empty.driver.read(APP)["web"].digest == changed.digest
    apply_parts(empty, "and back", web=part(resources={"memory_limit": "64m"}))
    assert empty.container("web")["Id"] == before["Id"]
    assert not [volume for volume in empty.api.volumes()["Volumes"] or [] if volume["Name"] == "uplift_yard_web"]


def test_manually_changed_limit_is_reverted(empty: DockerApp) -> None:
    item = part(resources={"memory_limit": "64m"})
    apply_parts(empty, "install", web=item)
    before = empty.container("web")["Id"]
    empty.api.update_container(before, mem_limit=33554432, memswap_limit=67108864)
    assert (empty.driver.read(APP)["web"].digest, "Memory" in empty.driver.read(APP)["web"].detail) == ("", True)
    apply_parts(empty, "put back", web=item)
    assert empty.driver.read(APP)["web"].digest == item.digest
    assert empty.container("web")["Id"] == before


def test_scaling_keeps_the_other_replicas(empty: DockerApp) -> None:
    apply_parts(empty, "install", web=part(replicas=2))
    two = empty.ids()
    apply_parts(empty, "more", web=part(replicas=3))
    assert {name: item for name, item in empty.ids().items() if name in two} == two
    assert len(empty.ids()) == 3
    apply_parts(empty, "fewer", web=part(replicas=1))
    assert empty.ids() == {"yard-web-1": two["yard-web-1"]}
    apply_parts(empty, "none", web=part(replicas=0))
    assert empty.ids() == {}
    assert empty.driver.read(APP)["web"].digest == part(replicas=0).digest
    apply_parts(empty, "again", web=part(replicas=2))
    assert sorted(empty.ids()) == ["yard-web-1", "yard-web-2"]
    assert empty.driver.read(APP)["web"].digest == part(replicas=2).digest


def test_job_runs_once(empty: DockerApp) -> None:
    job = part(kind="job", command=["sh", "-c", "echo migrated"])
    apply_parts(empty, "install", migrate=job)
    first = empty.container("migrate")
    assert empty.driver.read(APP)["migrate"].state is ComponentState.COMPLETED
    apply_parts(empty, "again", migrate=job)
    repeated = empty.container("migrate")
    assert (repeated["Id"], repeated["State"]["StartedAt"]) == (first["Id"], first["State"]["StartedAt"])
    assert list(empty.driver.logs(APP, "migrate", 5)) == ["migrated"]
    bad = part(kind="job", command=["sh", "-c", "echo no; exit 5"])
    with pytest.raises(DriverError, match="exited with code 5.*no"):
        apply_parts(empty, "fails", migrate=bad)


def test_anonymous_volumes_keep_their_data(empty: DockerApp) -> None:
    apply_parts(empty, "install", web=part(mounts={"/data": {}}))
    created = empty.api.exec_create(empty.container("web")["Id"], ["sh", "-c", "echo kept > /data/a"])
    empty.api.exec_start(created["Id"])
    apply_parts(empty, "upgrade", web=part(image="local/uplift-web:2", mounts={"/data": {}}))
    created = empty.api.exec_create(empty.container("web")["Id"], ["cat", "/data/a"])
    assert empty.api.exec_start(created["Id"]) == b"kept\n"


IN_TURN: dict[str, Any] = {"mounts": {"/data": {"source": "data"}}, "restart": "always", "replicas": 2}
ALONGSIDE: dict[str, Any] = {"restart": "always", "replicas": 2}
CUTS = ["update", "stop", "rename", "start"]


@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("verb", CUTS)
def test_killed_session_is_recovered(empty: DockerApp, verb: str, which: int) -> None:
    """Interrupt at the n-th request of a kind, then resume or roll back."""
    old, new = part(**IN_TURN), part(image="local/uplift-web:2", **IN_TURN)
    apply_parts(empty, "install", web=old)
    before = empty.ids()
    _cut(empty, new, verb, which)
    assert _volume_users(empty, "local/uplift-web:1") * _volume_users(empty, "local/uplift-web:2") == 0
    _taken_up_and_back(empty, old, new, before)


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("verb", [*CUTS, "connect", "disconnect", "remove"])
def test_killed_start_alongside_is_recovered(empty: DockerApp, verb: str, which: int) -> None:
    old, new = part(**ALONGSIDE), part(image="local/uplift-web:2", **ALONGSIDE)
    apply_parts(empty, "install", web=old)
    before = empty.ids()
    _cut(empty, new, verb, which)
    finished = ".old" not in "".join(empty.ids()) and empty.ids().keys() == before.keys() and empty.ids() != before
    _taken_up_and_back(empty, old, new, {} if finished or verb == "remove" else before)


def _taken_up_and_back(docker_app: DockerApp, old: ComponentPart, new: ComponentPart, before: dict[str, str]) -> None:
    """A later session applies the new part and rolls back to the same containers while they exist."""
    driver = DockerDriver(docker_app.driver._engine.address)  # type: ignore[attr-defined]
    with driver.session(APP, OperationNote("upgrade", "", "demo")) as session:
        session.apply("web", new)
        session.wait_for_health("web", new)
        assert driver.read(APP)["web"].digest == new.digest
        session.apply("web", old)
        session.wait_for_health("web", old)
        session.finish()
    assert driver.read(APP)["web"].digest == old.digest
    assert docker_app.ids() == before or (not before and sorted(docker_app.ids()) == ["yard-web-1", "yard-web-2"])
    assert {docker_app.container("web", at)["HostConfig"]["RestartPolicy"]["Name"] for at in (1, 2)} == {"always"}
    assert {docker_app.container("web", at)["State"]["Status"] for at in (1, 2)} == {"running"}


class Killed(BaseException):
    """Simulates kill -9."""


def _cut(docker_app: DockerApp, new: ComponentPart, verb: str, which: int) -> None:
    driver = DockerDriver(docker_app.driver._engine.address)  # type: ignore[attr-defined]
    engine, left = driver._engine, [which]
    does = getattr(engine, verb)

    def cut(*arguments: Any) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        does(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, verb, cut)
        try:
            with driver.session(APP, OperationNote("upgrade", "", "demo")) as session:
                session.apply("web", new)
                if not new.component.mounts:
                    session.wait_for_health("web", new)
                    session.finish()
        except Killed:
            return


def _volume_users(docker_app: DockerApp, image: str) -> int:
    filters = {"label": [f"uplift.uid={APP.uid}"], "status": "running"}
    return sum(container["Image"] == image for container in docker_app.api.containers(filters=filters))


def test_unmanaged_containers_are_not_changed(docker_app: DockerApp) -> None:
    with docker_app.run_unmanaged("yard-stranger-1") as run_unmanaged:
        before = docker_app.api.inspect_container(run_unmanaged)
        assert docker_app.deploy(docker_app.document(web={"image": "local/uplift-web:2"})).status == "succeeded"
        after = docker_app.api.inspect_container(run_unmanaged)
    assert json.dumps(after, sort_keys=True) == json.dumps(before, sort_keys=True)
