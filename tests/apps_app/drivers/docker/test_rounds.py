"""What is asked about many components at one moment is had from an engine once."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from apps_app.drivers.base import Driver, DriverError, Part
from apps_app.drivers.docker.api import connection
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker.questions import asked
from tests.apps_app.drivers.docker.test_replacing import part, put
from tests.apps_app.drivers.docker.yard import YARD, Yard, free_port

engine = pytest.mark.docker


def parts(count: int) -> dict[str, Part]:
    """Components that use all that an engine can be asked about."""
    return {
        f"c{number}": part(
            ports={"8000/tcp": {f"127.0.0.1:{free_port()}": {}}},
            mounts={"/data": {"source": f"data{number}"}, "/conf": {"kind": "host", "source": "/tmp/conf"}},
            networks={"back": {}},
        )
        for number in range(count)
    }


def check_all(driver: Driver, desired: Mapping[str, Part]) -> list[str]:
    """One round, as a plan's steps are checked."""
    result: list[str] = []
    for key, item in desired.items():
        result += [*driver.check(YARD, key, None, item), *driver.warnings(YARD, key, None, item)]
    return result


@engine
def test_ten_components_cost_no_more_questions_than_two(yard: Yard) -> None:
    few, many = parts(2), parts(10)
    with asked() as of_few:
        assert check_all(yard.driver, few) == []
    with asked() as of_many:
        assert check_all(yard.driver, many) == []
    assert sorted(of_many) == sorted(of_few)
    assert len(of_many) == len(set(of_many)), of_many


@engine
def test_the_next_round_sees_what_has_changed(yard: Yard) -> None:
    desired = parts(2)
    assert check_all(yard.driver, desired) == []
    with yard.stranger("yard-c1-1"):
        assert check_all(yard.driver, desired) == [
            "c1: the name yard-c1-1 is taken by somebody else; remove that container or choose another name"
        ]
    assert check_all(yard.driver, desired) == []


@engine
def test_what_others_have_is_seen_anew_by_whoever_asks_again(yard: Yard) -> None:
    before = yard.driver.taken(YARD)
    with yard.stranger("the-stranger"):
        assert "the-stranger" in {resource.what for resource in yard.driver.taken(YARD)} - {
            resource.what for resource in before
        }


@engine
def test_a_change_costs_the_same_however_many_stay_as_they_are(yard: Yard) -> None:
    at_once = {"health_gate": {"deadline": "4s", "minimum": "0s"}}
    put(yard, "two", c0=part(**at_once), c1=part(**at_once))
    with asked() as beside_one:
        put(yard, "changed", c0=part(env={"LEVEL": "1"}, **at_once))
    put(yard, "five", **{f"c{number}": part(**at_once) for number in range(2, 5)})
    with asked() as beside_four:
        put(yard, "changed again", c0=part(env={"LEVEL": "2"}, **at_once))
    assert len(beside_four) == len(beside_one), beside_four


def test_an_engine_that_takes_calls_and_says_nothing_is_given_up_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_KNOCK", 0.1)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        driver = open_driver("docker", {"address": f"unix://{tmp_path}/deaf.sock"}, "")
        with pytest.raises(DriverError, match=r"deaf\.sock did not answer in time") as refused:
            driver.taken(YARD)
    assert not refused.value.permanent


def test_a_host_of_ssh_that_says_nothing_is_given_up_soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    waited: list[float] = []

    def never(address: tuple[str, int], timeout: float) -> socket.socket:
        waited.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(DriverError, match=r"nowhere\.example did not answer in time"):
        open_driver("docker", {"address": "ssh://root@nowhere.example"}, "").ping()
    assert waited == [connection._KNOCK]
