"""Renamed and copied components keep their data and never run twice on it."""

import pytest

from templates_app.appspec.merge.rekey import rename_components
from templates_app.appspec.schema.model import AppSpec
from tests.apps_app.drivers.docker.support.container_events import count_concurrent, list_starts_and_exits, now
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp
from tests.specs import changed

pytestmark = pytest.mark.docker


def renamed(before: AppSpec) -> AppSpec:
    """Rename a component as the console does: dependencies follow, its volume keeps its name."""
    return rename_components(before, {"db": "store"})


def test_renamed_component_keeps_its_data_and_runs_once(docker_app: DockerApp) -> None:
    since, before = now(docker_app.api), docker_app.ids()
    assert docker_app.deploy(renamed(docker_app.document()), accept_data_risk=True).status == "succeeded"
    assert sorted(docker_app.ids()) == ["yard-store-1", "yard-web-1"]
    assert docker_app.ids()["yard-store-1"] != before["yard-db-1"]
    assert docker_app.redis("get", "gate", key="store") == "open"
    data = list_starts_and_exits(docker_app.api, APP, since, "db", "store")
    assert data == ["die db", "start store"]
    assert count_concurrent(data, running=1) == 1
    assert docker_app.page() == "version 1"
    assert [volume["Name"] for volume in docker_app.api.volumes()["Volumes"] if volume["Name"].startswith("yard")] == [
        "yard_db-data"
    ]


def test_unhealthy_renamed_component_is_rolled_back(docker_app: DockerApp) -> None:
    before = docker_app.ids()
    ill = {"probes": {"readiness": {"command": ["false"], "interval": "1s"}}}
    spec = renamed(changed(docker_app.document(), "db", **ill))
    assert docker_app.deploy(spec, accept_data_risk=True).status == "rolled_back"
    assert docker_app.ids() == before
    assert docker_app.redis("get", "gate") == "open"
    assert docker_app.page() == "version 1"


def test_explicit_container_name_moves_to_the_renamed_component(docker_app: DockerApp) -> None:
    named = changed(docker_app.document(), "db", engine={"container_name": "the-yards-database"})
    assert docker_app.deploy(named, accept_data_risk=True).status == "succeeded"
    outcome = docker_app.deploy(renamed(named), accept_data_risk=True)
    assert outcome.status == "succeeded", outcome
    assert sorted(docker_app.ids()) == ["the-yards-database", "yard-web-1"]
    created = docker_app.api.inspect_container("the-yards-database")
    assert created["Config"]["Labels"]["uplift.key"] == "store"
    requested = docker_app.api.exec_create(created["Id"], ["redis-cli", "get", "gate"])
    assert docker_app.api.exec_start(requested["Id"]).decode().strip() == "open"


def test_copied_component_has_its_own_volume(docker_app: DockerApp) -> None:
    before = docker_app.ids()
    db = docker_app.document().components["db"].plain
    copied = docker_app.document(db2={**db, "mounts": {"/data": {"source": "db2-data"}}})
    assert docker_app.deploy(copied).status == "succeeded"
    assert {name: identity for name, identity in docker_app.ids().items() if name in before} == before
    assert docker_app.redis("get", "gate", key="db2") == ""
    assert docker_app.redis("get", "gate") == "open"
