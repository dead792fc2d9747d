"""Checks of many components share one snapshot of the engine."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from apps_app.drivers.base import ComponentPart, Driver, DriverError
from apps_app.drivers.docker.api import connection
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue
from apps_app.drivers.registry import open_driver
from apps_app.presenters.preflight_messages import describe_issue
from tests.apps_app.drivers.docker.support.docker_app import APP, DockerApp, free_port
from tests.apps_app.drivers.docker.support.recorded_requests import record_requests
from tests.apps_app.drivers.docker.test_replacement import apply_parts, part

engine = pytest.mark.docker


def parts(count: int) -> dict[str, ComponentPart]:
    """Return components that use every kind of resource."""
    return {
        f"c{number}": part(
            ports={"8000/tcp": {f"127.0.0.1:{free_port()}": {}}},
            mounts={"/data": {"source": f"data{number}"}, "/conf": {"kind": "host", "source": "/tmp/conf"}},
            networks={"back": {}},
        )
        for number in range(count)
    }


def check_all(driver: Driver, desired: Mapping[str, ComponentPart]) -> list[str]:
    """Check all parts as the steps of a plan are checked."""
    issues = (issue for key, item in desired.items() for issue in driver.check(APP, key, None, item))
    return [describe_issue(issue) for issue in issues]


@engine
def test_check_requests_do_not_grow_with_components(docker_app: DockerApp) -> None:
    few, many = parts(2), parts(10)
    with record_requests() as of_few:
        assert check_all(docker_app.driver, few) == []
    with record_requests() as of_many:
        assert check_all(docker_app.driver, many) == []
    assert sorted(of_many) == sorted(of_few)
    assert len(of_many) == len(set(of_many)), of_many


@engine
def test_next_round_reads_current_state(docker_app: DockerApp) -> None:
    desired = parts(2)
    assert check_all(docker_app.driver, desired) == []
    with docker_app.run_unmanaged("yard-c1-1"):
        issues = docker_app.driver.check(APP, "c1", None, desired["c1"])
        holder = Holder(HolderKind.UNKNOWN)
        assert issues == [PreflightIssue(IssueCode.NAME_CONFLICT, component="c1", resource="yard-c1-1", holder=holder)]
    assert check_all(docker_app.driver, desired) == []


@engine
def test_used_resources_are_read_again(docker_app: DockerApp) -> None:
    before = docker_app.driver.list_used_resources(APP)
    with docker_app.run_unmanaged("the-stranger"):
        assert "the-stranger" in {resource.resource for resource in docker_app.driver.list_used_resources(APP)} - {
            resource.resource for resource in before
        }


@engine
def test_change_requests_do_not_grow_with_unchanged_components(docker_app: DockerApp) -> None:
    at_once = {"health_gate": {"deadline": "4s", "minimum": "0s"}}
    apply_parts(docker_app, "two", c0=part(**at_once), c1=part(**at_once))
    with record_requests() as beside_one:
        apply_parts(docker_app, "changed", c0=part(env={"LEVEL": "1"}, **at_once))
    apply_parts(docker_app, "five", **{f"c{number}": part(**at_once) for number in range(2, 5)})
    with record_requests() as beside_four:
        apply_parts(docker_app, "changed again", c0=part(env={"LEVEL": "2"}, **at_once))
    assert len(beside_four) == len(beside_one), beside_four


def test_unresponsive_engine_times_out_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_CONNECT_TIMEOUT", 0.1)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        driver = open_driver("docker", {"address": f"unix://{tmp_path}/deaf.sock"}, "")
        with pytest.raises(DriverError, match=r"deaf\.sock did not respond in time") as refused:
            driver.list_used_resources(APP)
    assert not refused.value.permanent


def test_unresponsive_ssh_host_times_out_soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    waited: list[float] = []

    def never(address: tuple[str, int], timeout: float) -> socket.socket:
        waited.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(DriverError, match=r"nowhere\.example did not respond in time"):
        open_driver("docker", {"address": "ssh://root@nowhere.example"}, "").ping()
    assert waited == [connection._CONNECT_TIMEOUT]
