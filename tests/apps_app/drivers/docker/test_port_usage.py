"""Resources of other applications and unmanaged containers on the same engine."""

from pathlib import Path

import pytest

from apps_app.drivers.base import Placement, ResourceKind, UsedResource
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue, Severity
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp, free_port
from tests.apps_app.drivers.docker.test_replacement import part

pytestmark = pytest.mark.docker

OTHER = Placement("uid-of-another", "another")


STRANGER = Holder(HolderKind.CONTAINER, "the-stranger")


def test_resources_of_unmanaged_containers_are_listed(docker_app: DockerApp, tmp_path: Path) -> None:
    port = free_port()
    binds = [f"{tmp_path}:/conf", "the-strangers:/data"]
    with docker_app.run_unmanaged("the-stranger", port_bindings={8000: ("127.0.0.1", port)}, binds=binds):
        used = {resource for resource in docker_app.driver.list_used_resources(APP) if resource.holder == STRANGER}
    docker_app.api.remove_volume("the-strangers")
    assert used == {
        UsedResource(ResourceKind.NAME, "the-stranger", STRANGER),
        UsedResource(ResourceKind.PORT, f"127.0.0.1:{port}/tcp", STRANGER),
        UsedResource(ResourceKind.PATH, str(tmp_path), STRANGER),
        UsedResource(ResourceKind.VOLUME, "the-strangers", STRANGER),
    }


def test_resources_of_an_application_are_listed_for_others_only(docker_app: DockerApp) -> None:
    own = {used.resource for used in docker_app.driver.list_used_resources(APP)}
    foreign = {(used.kind, used.resource): used.holder for used in docker_app.driver.list_used_resources(OTHER)}
    assert not own & {"yard-web-1", "yard_db-data", f"127.0.0.1:{docker_app.port}/tcp"}
    web, db = Holder(HolderKind.APPLICATION, "yard", "web"), Holder(HolderKind.APPLICATION, "yard", "db")
    assert foreign[ResourceKind.PORT, f"127.0.0.1:{docker_app.port}/tcp"] == web
    assert foreign[ResourceKind.VOLUME, "yard_db-data"] == db


def test_a_shared_host_path_is_a_warning(docker_app: DockerApp, tmp_path: Path) -> None:
    web = part(mounts={"/srv": {"kind": "host", "source": f"{tmp_path}/inside"}})
    clock = part(mounts={"/etc/localtime": {"kind": "host", "source": "/etc/localtime", "read_only": True}})
    with docker_app.run_unmanaged("the-stranger", binds=[f"{tmp_path}:/conf", "/etc/localtime:/etc/localtime:ro"]):
        shared = docker_app.driver.check(APP, "web", None, web)
        common = docker_app.driver.check(APP, "web", None, clock)
    assert shared == [PreflightIssue(IssueCode.PATH_SHARED, Severity.WARNING, "web", f"{tmp_path}/inside", STRANGER)]
    assert common == []


def test_a_shared_external_volume_is_a_warning(docker_app: DockerApp) -> None:
    docker_app.api.create_volume("the-strangers")
    web = part(mounts={"/srv": {"source": "shared"}})
    web.volumes["shared"] = web.volumes["shared"].model_copy(update={"external": True, "name": "the-strangers"})  # type: ignore[index]  # a plain dict here
    try:
        with docker_app.run_unmanaged("the-stranger", binds=["the-strangers:/data"]):
            issues = docker_app.driver.check(APP, "web", None, web)
    finally:
        docker_app.api.remove_volume("the-strangers")
    assert issues == [PreflightIssue(IssueCode.VOLUME_SHARED, Severity.WARNING, "web", "the-strangers", STRANGER)]


def test_variables_without_a_value_are_a_warning(docker_app: DockerApp) -> None:
    web = part(env={"LANG": None, "TZ": None, "MODE": "a"})
    assert docker_app.driver.check(APP, "web", None, web) == [
        PreflightIssue(IssueCode.ENVIRONMENT_NOT_SET, Severity.WARNING, "web", "LANG, TZ")
    ]
