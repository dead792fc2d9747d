"""Adopted containers are replaced only when they are changed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from apps_app.drivers.adoption import AdoptedContainer
from apps_app.drivers.base import ComponentPart, ComponentState, DriverError, OperationNote, Placement
from apps_app.drivers.docker.deploy.driver import DockerDriver
from apps_app.formats.docker_inspect.inspect_document import InspectedEngine
from apps_app.formats.docker_inspect.read import AdoptedDocument, read_engine
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import compute_digest
from templates_app.appspec.validation.resource_usage import find_networks, find_volumes
from tests.apps_app.drivers.docker.support import engines
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp
from tests.apps_app.drivers.docker.support.unmanaged_project import PROJECT, UnmanagedProject

pytestmark = pytest.mark.docker
OTHER = Placement("uid-of-another", "another")
GATE = {"deadline": "4s", "minimum": "200ms"}


@pytest.fixture
def unmanaged() -> Iterator[UnmanagedProject]:
    docker_app = DockerApp(engines.address())
    docker_app.clear()
    result = UnmanagedProject(docker_app)
    yield result
    result.clear()


@pytest.fixture
def driver(unmanaged: UnmanagedProject) -> DockerDriver:
    driver = unmanaged.docker_app.driver
    assert isinstance(driver, DockerDriver)
    return driver


def read_documents(driver: DockerDriver) -> AdoptedDocument:
    mine = [container.id for container in driver.list_unmanaged_containers() if container.project == PROJECT]
    documents: Any = driver.read_inspect_documents(mine)
    return read_engine(InspectedEngine(**{**documents, "containers": tuple(documents["containers"])}))


def part(spec: AppSpec, key: str, **changes: Any) -> ComponentPart:
    data = {"health_gate": GATE, "stop": {"grace": "1s"}, **spec.components[key].plain, **changes}
    component = ComponentSpec.model_validate(data)
    return ComponentPart(
        component, compute_digest(component), find_volumes(spec, component), find_networks(spec, component)
    )


def adopt_all(driver: DockerDriver) -> AdoptedDocument:
    adopted = read_documents(driver)
    driver.adopt(APP, [AdoptedContainer(key, part(adopted.spec, key), ids) for key, ids in adopted.containers.items()])
    return adopted


def change(driver: DockerDriver, adopted: AdoptedDocument, key: str, **changes: Any) -> str:
    """Apply a changed component and return the evidence of its health gate."""
    desired = part(adopted.spec, key, **changes)
    assert driver.check(APP, key, part(adopted.spec, key), desired) == []
    with driver.session(APP, OperationNote(f"change {key} {changes}", "", "demo")) as session:
        session.apply(key, desired)
        text = session.wait_for_health(key, desired)
        session.finish()
    return text


def test_adoption_changes_no_container(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    before = unmanaged.ids()
    adopted = adopt_all(driver)
    assert adopted.spec.components["worker"].replicas == 2
    read = driver.read(APP)
    assert {key: (observed.state, observed.digest) for key, observed in read.items()} == {
        key: (ComponentState.RUNNING, part(adopted.spec, key).digest) for key in ("db", "web", "worker")
    }
    assert unmanaged.ids() == before
    assert [container for container in driver.list_unmanaged_containers() if container.project == PROJECT] == []
    for key in adopted.containers:
        same = part(adopted.spec, key)
        assert driver.check(APP, key, same, same) == []
        assert [resource for resource in driver.list_used_resources(APP) if PROJECT in resource.holder.name] == []


def test_only_the_changed_component_is_replaced(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    before, adopted = unmanaged.ids(), adopt_all(driver)
    change(driver, adopted, "web", image="local/uplift-web:2")
    assert unmanaged.docker_app.page() == "version 2"
    assert unmanaged.ids() == {name: identity for name, identity in before.items() if "web" not in name}
    assert unmanaged.docker_app.ids().keys() == {"yard-web-1"}
    assert {key: observed.digest for key, observed in driver.read(APP).items()} == {
        "db": part(adopted.spec, "db").digest,
        "web": part(adopted.spec, "web", image="local/uplift-web:2").digest,
        "worker": part(adopted.spec, "worker").digest,
    }


def test_adopted_database_keeps_volume_and_alias(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    adopted = adopt_all(driver)
    created = unmanaged.api.exec_create(f"{PROJECT}-db-1", ["redis-cli", "set", "gate", "open"])
    assert unmanaged.api.exec_start(created["Id"]).decode().strip() == "OK"
    saved = unmanaged.api.exec_create(f"{PROJECT}-db-1", ["redis-cli", "save"])
    unmanaged.api.exec_start(saved["Id"])
    change(driver, adopted, "db", image="local/uplift-redis:8")
    assert unmanaged.docker_app.redis("get", "gate") == "open"
    requested = unmanaged.api.exec_create(f"{PROJECT}-worker-1", ["nslookup", "db"])
    unmanaged.api.exec_start(requested["Id"])
    assert unmanaged.api.exec_inspect(requested["Id"])["ExitCode"] == 0, "the others reach the new one by its name"


def test_limits_of_adopted_containers_change_in_place(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    before, adopted = unmanaged.ids(), adopt_all(driver)
    change(driver, adopted, "worker", resources={"pids_limit": 50})
    assert unmanaged.ids() == before
    assert driver.read(APP)["worker"].digest == part(adopted.spec, "worker", resources={"pids_limit": 50}).digest


def test_scaling_down_removes_the_last_adopted_container(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    before, adopted = unmanaged.ids(), adopt_all(driver)
    change(driver, adopted, "worker", replicas=1)
    assert unmanaged.ids() == {name: identity for name, identity in before.items() if name != f"{PROJECT}-worker-2"}


def test_failed_replacement_restores_adopted_container(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    before, adopted = unmanaged.ids(), adopt_all(driver)
    desired = part(adopted.spec, "web", command=["false"])
    with driver.session(APP, OperationNote("break it", "", "demo")) as session:
        session.apply("web", desired)
        with pytest.raises(DriverError):
            session.wait_for_health("web", desired)
        session.apply("web", part(adopted.spec, "web"))
        session.wait_for_health("web", part(adopted.spec, "web"))
        session.finish()
    assert unmanaged.ids() == before
    assert unmanaged.docker_app.page() == "version 1"
    assert driver.read(APP)["web"].digest == part(adopted.spec, "web").digest


def test_adopted_container_and_volume_can_be_removed(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    adopt_all(driver)
    with driver.session(APP, OperationNote("remove", "", "demo")) as session:
        session.remove("db")
        session.remove_volume("data")
        session.finish()
    assert f"{PROJECT}-db-1" not in unmanaged.ids()
    assert f"{PROJECT}_data" not in {volume["Name"] for volume in unmanaged.api.volumes()["Volumes"] or []}


def test_containers_of_another_application_cannot_be_adopted(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    adopted = adopt_all(driver)
    repeated = [AdoptedContainer(key, part(adopted.spec, key), ids) for key, ids in adopted.containers.items()]
    with pytest.raises(DriverError, match="already belongs to application yard"):
        driver.adopt(OTHER, repeated)
    change(driver, adopted, "web", image="local/uplift-web:2")
    ours = unmanaged.docker_app.ids()["yard-web-1"]
    with pytest.raises(DriverError, match="already belongs to application yard"):
        driver.adopt(OTHER, [AdoptedContainer("web", part(adopted.spec, "web"), (ours,))])
    assert driver.read(OTHER) == {}


def test_adopting_a_removed_container_records_nothing(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    adopted = read_documents(driver)
    unmanaged.api.remove_container(f"{PROJECT}-worker-2", force=True)
    with pytest.raises(DriverError, match="no longer exists"):
        driver.adopt(
            APP, [AdoptedContainer(key, part(adopted.spec, key), ids) for key, ids in adopted.containers.items()]
        )
    assert driver.read(APP) == {}


def test_released_containers_are_unmanaged(unmanaged: UnmanagedProject, driver: DockerDriver) -> None:
    before = unmanaged.ids()
    adopt_all(driver)
    driver.release(APP)
    assert driver.read(APP) == {}
    assert unmanaged.ids() == before
    assert {
        container.name for container in driver.list_unmanaged_containers() if container.project == PROJECT
    } == before.keys()


def test_drift_of_adopted_containers_can_be_accepted(driver: DockerDriver, unmanaged: UnmanagedProject) -> None:
    """This includes settings of the image and names that Uplift would not choose."""
    adopted = adopt_all(driver)
    parts = {key: part(adopted.spec, key) for key in adopted.containers}
    result = driver.read_live(APP, parts)
    assert {key: live.component for key, live in result.items()} == {key: item.component for key, item in parts.items()}
    assert [live.other_differences for live in result.values()] == [(), (), ()]

    before = unmanaged.ids()
    unmanaged.api.update_container(before[f"{PROJECT}-web-1"], mem_limit=64 << 20, memswap_limit=128 << 20)
    assert driver.read(APP)["web"].digest == ""
    component = driver.read_live(APP, parts)["web"].component
    assert component is not None
    assert component.resources.memory_limit == 64 << 20
    driver.accept_drift(
        APP, OperationNote("Keep", "", "demo"), "web", replace(parts["web"], component=component, digest="kept")
    )
    assert (driver.read(APP)["web"].digest, driver.read(APP)["web"].detail) == ("kept", "")
    assert unmanaged.ids() == before
