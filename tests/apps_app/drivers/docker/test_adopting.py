"""What somebody else started becomes an application's, and is only replaced where it is changed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from apps_app.drivers.adoption import Adopting
from apps_app.drivers.base import DriverError, Note, Part, Placement, State
from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.formats.docker_inspect.inspect_document import Found
from apps_app.formats.docker_inspect.read import Adopted, read_engine
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest
from templates_app.appspec.validation.resource_usage import networks_of, volumes_of
from tests.apps_app.drivers.docker import engines
from tests.apps_app.drivers.docker.strangers import PROJECT, Strangers
from tests.apps_app.drivers.docker.yard import YARD, Yard

pytestmark = pytest.mark.docker
OTHER = Placement("uid-of-another", "another")
GATE = {"deadline": "4s", "minimum": "200ms"}


@pytest.fixture
def strangers() -> Iterator[Strangers]:
    yard = Yard(engines.address())
    yard.clear()
    result = Strangers(yard)
    yield result
    result.clear()


@pytest.fixture
def driver(strangers: Strangers) -> DockerDriver:
    driver = strangers.yard.driver
    assert isinstance(driver, DockerDriver)
    return driver


def seen(driver: DockerDriver) -> Adopted:
    mine = [container.id for container in driver.strangers() if container.project == PROJECT]
    documents: Any = driver.look(mine)
    return read_engine(Found(**{**documents, "containers": tuple(documents["containers"])}))


def part(spec: AppSpec, key: str, **changes: Any) -> Part:
    data = {"health_gate": GATE, "stop": {"grace": "1s"}, **spec.components[key].plain, **changes}
    component = ComponentSpec.model_validate(data)
    return Part(component, digest(component), volumes_of(spec, component), networks_of(spec, component))


def taken_in(driver: DockerDriver) -> Adopted:
    adopted = seen(driver)
    driver.adopt(YARD, [Adopting(key, part(adopted.spec, key), ids) for key, ids in adopted.containers.items()])
    return adopted


def change(driver: DockerDriver, adopted: Adopted, key: str, **changes: Any) -> str:
    """Applies one component changed; how the gate knew that it is good."""
    desired = part(adopted.spec, key, **changes)
    assert driver.check(YARD, key, part(adopted.spec, key), desired) == []
    with driver.session(YARD, Note(f"change {key} {changes}", "", "demo")) as session:
        session.apply(key, desired)
        text = session.gate(key, desired)
        session.finish()
    return text


def test_they_are_seen_as_they_are_and_stay(strangers: Strangers, driver: DockerDriver) -> None:
    before = strangers.ids()
    adopted = taken_in(driver)
    assert adopted.spec.components["worker"].replicas == 2
    read = driver.read(YARD)
    assert {key: (observed.state, observed.digest) for key, observed in read.items()} == {
        key: (State.RUNNING, part(adopted.spec, key).digest) for key in ("db", "web", "worker")
    }
    assert strangers.ids() == before
    assert [container for container in driver.strangers() if container.project == PROJECT] == []
    for key in adopted.containers:
        same = part(adopted.spec, key)
        assert driver.check(YARD, key, same, same) == []
        assert [resource for resource in driver.taken(YARD) if PROJECT in resource.by] == []


def test_only_the_component_that_is_changed_is_replaced(strangers: Strangers, driver: DockerDriver) -> None:
    before, adopted = strangers.ids(), taken_in(driver)
    change(driver, adopted, "web", image="local/uplift-web:2")
    assert strangers.yard.page() == "version 2"
    assert strangers.ids() == {name: identity for name, identity in before.items() if "web" not in name}
    assert strangers.yard.ids().keys() == {"yard-web-1"}
    assert {key: observed.digest for key, observed in driver.read(YARD).items()} == {
        "db": part(adopted.spec, "db").digest,
        "web": part(adopted.spec, "web", image="local/uplift-web:2").digest,
        "worker": part(adopted.spec, "worker").digest,
    }


def test_a_database_keeps_its_volume_and_its_place(strangers: Strangers, driver: DockerDriver) -> None:
    adopted = taken_in(driver)
    created = strangers.api.exec_create(f"{PROJECT}-db-1", ["redis-cli", "set", "gate", "open"])
    assert strangers.api.exec_start(created["Id"]).decode().strip() == "OK"
    saved = strangers.api.exec_create(f"{PROJECT}-db-1", ["redis-cli", "save"])
    strangers.api.exec_start(saved["Id"])
    change(driver, adopted, "db", image="local/uplift-redis:8")
    assert strangers.yard.redis("get", "gate") == "open"
    requested = strangers.api.exec_create(f"{PROJECT}-worker-1", ["nslookup", "db"])
    strangers.api.exec_start(requested["Id"])
    assert strangers.api.exec_inspect(requested["Id"])["ExitCode"] == 0, "the others reach the new one by its name"


def test_limits_change_while_they_run(strangers: Strangers, driver: DockerDriver) -> None:
    before, adopted = strangers.ids(), taken_in(driver)
    change(driver, adopted, "worker", resources={"pids_limit": 50})
    assert strangers.ids() == before
    assert driver.read(YARD)["worker"].digest == part(adopted.spec, "worker", resources={"pids_limit": 50}).digest


def test_fewer_replicas_take_away_the_last(strangers: Strangers, driver: DockerDriver) -> None:
    before, adopted = strangers.ids(), taken_in(driver)
    change(driver, adopted, "worker", replicas=1)
    assert strangers.ids() == {name: identity for name, identity in before.items() if name != f"{PROJECT}-worker-2"}


def test_one_that_cannot_be_replaced_comes_back(strangers: Strangers, driver: DockerDriver) -> None:
    before, adopted = strangers.ids(), taken_in(driver)
    desired = part(adopted.spec, "web", command=["false"])
    with driver.session(YARD, Note("break it", "", "demo")) as session:
        session.apply("web", desired)
        with pytest.raises(DriverError):
            session.gate("web", desired)
        session.apply("web", part(adopted.spec, "web"))
        session.gate("web", part(adopted.spec, "web"))
        session.finish()
    assert strangers.ids() == before
    assert strangers.yard.page() == "version 1"
    assert driver.read(YARD)["web"].digest == part(adopted.spec, "web").digest


def test_what_is_removed_goes_and_its_volume_when_asked(strangers: Strangers, driver: DockerDriver) -> None:
    taken_in(driver)
    with driver.session(YARD, Note("remove", "", "demo")) as session:
        session.remove("db")
        session.remove_volume("data")
        session.finish()
    assert f"{PROJECT}-db-1" not in strangers.ids()
    assert f"{PROJECT}_data" not in {volume["Name"] for volume in strangers.api.volumes()["Volumes"] or []}


def test_nobody_elses_is_taken(strangers: Strangers, driver: DockerDriver) -> None:
    adopted = taken_in(driver)
    repeated = [Adopting(key, part(adopted.spec, key), ids) for key, ids in adopted.containers.items()]
    with pytest.raises(DriverError, match="belongs to another application, yard"):
        driver.adopt(OTHER, repeated)
    change(driver, adopted, "web", image="local/uplift-web:2")
    ours = strangers.yard.ids()["yard-web-1"]
    with pytest.raises(DriverError, match="belongs to another application, yard"):
        driver.adopt(OTHER, [Adopting("web", part(adopted.spec, "web"), (ours,))])
    assert driver.read(OTHER) == {}


def test_one_that_is_gone_is_said_and_nothing_is_noted(strangers: Strangers, driver: DockerDriver) -> None:
    adopted = seen(driver)
    strangers.api.remove_container(f"{PROJECT}-worker-2", force=True)
    with pytest.raises(DriverError, match="is gone; look again"):
        driver.adopt(YARD, [Adopting(key, part(adopted.spec, key), ids) for key, ids in adopted.containers.items()])
    assert driver.read(YARD) == {}


def test_given_back_they_are_strangers_again(strangers: Strangers, driver: DockerDriver) -> None:
    before = strangers.ids()
    taken_in(driver)
    driver.release(YARD)
    assert driver.read(YARD) == {}
    assert strangers.ids() == before
    assert {container.name for container in driver.strangers() if container.project == PROJECT} == before.keys()


def test_what_was_taken_in_is_found_as_it_is_and_kept_as_it_becomes(driver: DockerDriver, strangers: Strangers) -> None:
    """Also by what only its image says, and where it is not called as we would call it."""
    adopted = taken_in(driver)
    parts = {key: part(adopted.spec, key) for key in adopted.containers}
    result = driver.found(YARD, parts)
    assert {key: live.component for key, live in result.items()} == {key: item.component for key, item in parts.items()}
    assert [live.beside for live in result.values()] == [(), (), ()]

    before = strangers.ids()
    strangers.api.update_container(before[f"{PROJECT}-web-1"], mem_limit=64 << 20, memswap_limit=128 << 20)
    assert driver.read(YARD)["web"].digest == ""
    component = driver.found(YARD, parts)["web"].component
    assert component is not None
    assert component.resources.memory_limit == 64 << 20
    driver.keep(YARD, Note("Keep", "", "demo"), "web", replace(parts["web"], component=component, digest="kept"))
    assert (driver.read(YARD)["web"].digest, driver.read(YARD)["web"].detail) == ("kept", "")
    assert strangers.ids() == before
