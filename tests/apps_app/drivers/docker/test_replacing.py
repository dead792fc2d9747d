"""What an upgrade touches on a real engine, and what it leaves alone."""

import json
from typing import Any

import pytest

from apps_app.drivers.base import DriverError, Note, Part, State
from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.drivers.registry import open_driver
from templates_app.appspec.schema.model import Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import digest
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.runs import most_at_once, now, starts_and_ends
from tests.apps_app.drivers.docker.yard import YARD, Yard

pytestmark = pytest.mark.docker

QUICK = {"deadline": "4s", "minimum": "200ms"}


def part(**fields: Any) -> Part:
    component = parse_component(
        {"image": "local/uplift-web:1", "stop": {"grace": "2s"}, "health_gate": QUICK, **fields}
    )
    volumes = {mount.source: Volume() for mount in component.mounts.values() if mount.kind == "volume"}
    return Part(component, digest(component.model_dump(mode="json")), volumes)


def put(yard: Yard, note: str, **parts: Part) -> None:
    with yard.driver.session(YARD, Note(note, "", "demo")) as session:
        for key, item in parts.items():
            session.apply(key, item)
            session.gate(key, item)
        session.finish()


def started(yard: Yard, key: str) -> str:
    text: str = yard.container(key)["State"]["StartedAt"]
    return text


def test_only_what_the_plan_says_is_touched(yard: Yard) -> None:
    before = yard.container("db")
    redis = {"image": "local/uplift-redis:8", "health_gate": QUICK}
    assert yard.go(yard.document(web={"image": "local/uplift-web:2"}, redis=redis)).status == "succeeded"
    after = yard.container("db")
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    assert yard.page() == "version 2"
    assert yard.redis("ping", key="redis") == "PONG"
    assert sorted(yard.ids()) == ["yard-db-1", "yard-redis-1", "yard-web-1"]


def test_a_database_is_never_run_twice_on_one_directory(yard: Yard) -> None:
    since = now(yard.api)
    db = yard.document().components["db"].plain
    assert (
        yard.go(yard.document(db={**db, "image": "local/uplift-redis:8"}), accept_data_risk=True).status == "succeeded"
    )
    assert yard.redis("get", "gate") == "open"
    data = starts_and_ends(yard.api, YARD, since, "db")
    assert data == ["die db", "start db"]
    assert most_at_once(data, running=1) == 1


def test_going_back_within_a_session_brings_back_the_very_container(empty: Yard) -> None:
    old, new = part(ports={"8000/tcp": {f"127.0.0.1:{empty.port}": {}}}), part(image="local/uplift-web:2")
    put(empty, "install", web=old)
    before = empty.container("web")["Id"]
    with empty.driver.session(YARD, Note("upgrade", "", "demo")) as session:
        session.apply("web", new)
        session.gate("web", new)
        session.apply("web", old)
        session.gate("web", old)
        session.remove("web")
        session.apply("web", old)
        session.finish()
    assert empty.ids() == {"yard-web-1": before}
    assert empty.page() == "version 1"


def test_the_targets_minimum_holds_where_the_component_says_nothing(empty: Yard) -> None:
    driver = open_driver("docker", {"address": engines.address(), "gate": "300ms"}, "")
    data = []
    with driver.session(YARD, Note("install", "", "demo")) as session:
        for key, item in {"web": part(health_gate={}), "slow": part(health_gate={"minimum": "700ms"})}.items():
            session.apply(key, item)
            data.append(session.gate(key, item))
    assert ["0.3 s without a restart" in data[0], "0.7 s without a restart" in data[1]] == [True, True], data


def test_without_ports_and_volumes_the_new_one_starts_beside(empty: Yard) -> None:
    old, new = part(), part(image="local/uplift-web:2")
    put(empty, "install", web=old)
    before = empty.container("web")["Id"]
    with empty.driver.session(YARD, Note("upgrade", "", "demo")) as session:
        session.apply("web", new)
        both = empty.ids()
        assert both["yard-web-1"] == before
        assert empty.container("web")["State"]["Running"]
        named = [empty.api.inspect_container(name)["NetworkSettings"]["Networks"] for name in both.values()]
        assert sum("web" in (item["yard_default"]["Aliases"] or []) for item in named) == 1
        session.gate("web", new)
        assert empty.container("web")["Id"] == both["yard-web-1.new"]
        assert "web" in empty.container("web")["NetworkSettings"]["Networks"]["yard_default"]["Aliases"]
        session.finish()
    assert empty.ids() == {"yard-web-1": both["yard-web-1.new"]}


def test_what_can_be_changed_while_it_runs_is(empty: Yard) -> None:
    put(empty, "install", web=part(resources={"memory_limit": "64m"}))
    before = empty.container("web")
    changed = part(resources={"memory_limit": "32m"}, restart="unless-stopped", depends_on={"db": {}})
    put(empty, "change", web=changed)
    after = empty.container("web")
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    assert (after["HostConfig"]["Memory"], after["HostConfig"]["RestartPolicy"]["Name"]) == (32 << 20, "unless-stopped")
    assert empty.driver.read(YARD)["web"].digest == changed.digest
    put(empty, "and back", web=part(resources={"memory_limit": "64m"}))
    assert empty.container("web")["Id"] == before["Id"]
    assert not [volume for volume in empty.api.volumes()["Volumes"] or [] if volume["Name"] == "uplift_yard_web"]


def test_a_limit_that_is_changed_by_hand_is_seen_and_put_back(empty: Yard) -> None:
    item = part(resources={"memory_limit": "64m"})
    put(empty, "install", web=item)
    before = empty.container("web")["Id"]
    empty.api.update_container(before, mem_limit=33554432, memswap_limit=67108864)
    assert (empty.driver.read(YARD)["web"].digest, "Memory" in empty.driver.read(YARD)["web"].detail) == ("", True)
    put(empty, "put back", web=item)
    assert empty.driver.read(YARD)["web"].digest == item.digest
    assert empty.container("web")["Id"] == before


def test_replicas_come_and_go_and_the_others_stay(empty: Yard) -> None:
    put(empty, "install", web=part(replicas=2))
    two = empty.ids()
    put(empty, "more", web=part(replicas=3))
    assert {name: item for name, item in empty.ids().items() if name in two} == two
    assert len(empty.ids()) == 3
    put(empty, "fewer", web=part(replicas=1))
    assert empty.ids() == {"yard-web-1": two["yard-web-1"]}
    put(empty, "none", web=part(replicas=0))
    assert empty.ids() == {}
    assert empty.driver.read(YARD)["web"].digest == part(replicas=0).digest
    put(empty, "again", web=part(replicas=2))
    assert sorted(empty.ids()) == ["yard-web-1", "yard-web-2"]
    assert empty.driver.read(YARD)["web"].digest == part(replicas=2).digest


def test_a_job_runs_once_and_is_found_again(empty: Yard) -> None:
    job = part(kind="job", command=["sh", "-c", "echo migrated"])
    put(empty, "install", migrate=job)
    first = empty.container("migrate")
    assert empty.driver.read(YARD)["migrate"].state is State.COMPLETED
    put(empty, "again", migrate=job)
    repeated = empty.container("migrate")
    assert (repeated["Id"], repeated["State"]["StartedAt"]) == (first["Id"], first["State"]["StartedAt"])
    assert list(empty.driver.logs(YARD, "migrate", 5)) == ["migrated"]
    bad = part(kind="job", command=["sh", "-c", "echo no; exit 5"])
    with pytest.raises(DriverError, match="exit code 5.*no"):
        put(empty, "fails", migrate=bad)


def test_unnamed_volumes_keep_their_data(empty: Yard) -> None:
    put(empty, "install", web=part(mounts={"/data": {}}))
    created = empty.api.exec_create(empty.container("web")["Id"], ["sh", "-c", "echo kept > /data/a"])
    empty.api.exec_start(created["Id"])
    put(empty, "upgrade", web=part(image="local/uplift-web:2", mounts={"/data": {}}))
    created = empty.api.exec_create(empty.container("web")["Id"], ["cat", "/data/a"])
    assert empty.api.exec_start(created["Id"]) == b"kept\n"


IN_TURN: dict[str, Any] = {"mounts": {"/data": {"source": "data"}}, "restart": "always", "replicas": 2}
BESIDE: dict[str, Any] = {"restart": "always", "replicas": 2}
CUTS = ["update", "stop", "rename", "start"]


@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("verb", CUTS)
def test_a_killed_session_is_ended_properly(empty: Yard, verb: str, which: int) -> None:
    """Cut off at the first, second, … use of every verb of the engine, and then taken up, or taken back."""
    old, new = part(**IN_TURN), part(image="local/uplift-web:2", **IN_TURN)
    put(empty, "install", web=old)
    before = empty.ids()
    _cut(empty, new, verb, which)
    assert _volume_users(empty, "local/uplift-web:1") * _volume_users(empty, "local/uplift-web:2") == 0
    _taken_up_and_back(empty, old, new, before)


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("verb", [*CUTS, "connect", "disconnect", "remove"])
def test_a_killed_start_beside_is_ended_properly(empty: Yard, verb: str, which: int) -> None:
    old, new = part(**BESIDE), part(image="local/uplift-web:2", **BESIDE)
    put(empty, "install", web=old)
    before = empty.ids()
    _cut(empty, new, verb, which)
    finished = ".old" not in "".join(empty.ids()) and empty.ids().keys() == before.keys() and empty.ids() != before
    _taken_up_and_back(empty, old, new, {} if finished or verb == "remove" else before)


def _taken_up_and_back(yard: Yard, old: Part, new: Part, before: dict[str, str]) -> None:
    """A later session comes to the new part, and goes back; to the same containers while they were still kept."""
    driver = DockerDriver(yard.driver._engine.address)  # type: ignore[attr-defined]
    with driver.session(YARD, Note("upgrade", "", "demo")) as session:
        session.apply("web", new)
        session.gate("web", new)
        assert driver.read(YARD)["web"].digest == new.digest
        session.apply("web", old)
        session.gate("web", old)
        session.finish()
    assert driver.read(YARD)["web"].digest == old.digest
    assert yard.ids() == before or (not before and sorted(yard.ids()) == ["yard-web-1", "yard-web-2"])
    assert {yard.container("web", at)["HostConfig"]["RestartPolicy"]["Name"] for at in (1, 2)} == {"always"}
    assert {yard.container("web", at)["State"]["Status"] for at in (1, 2)} == {"running"}


class Killed(BaseException):
    """Stands for kill -9."""


def _cut(yard: Yard, new: Part, verb: str, which: int) -> None:
    driver = DockerDriver(yard.driver._engine.address)  # type: ignore[attr-defined]
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
            with driver.session(YARD, Note("upgrade", "", "demo")) as session:
                session.apply("web", new)
                if not new.component.mounts:
                    session.gate("web", new)
                    session.finish()
        except Killed:
            return


def _volume_users(yard: Yard, image: str) -> int:
    filters = {"label": [f"uplift.uid={YARD.uid}"], "status": "running"}
    return sum(container["Image"] == image for container in yard.api.containers(filters=filters))


def test_what_is_not_ours_is_not_touched(yard: Yard) -> None:
    with yard.stranger("yard-stranger-1") as stranger:
        before = yard.api.inspect_container(stranger)
        assert yard.go(yard.document(web={"image": "local/uplift-web:2"})).status == "succeeded"
        after = yard.api.inspect_container(stranger)
    assert json.dumps(after, sort_keys=True) == json.dumps(before, sort_keys=True)
