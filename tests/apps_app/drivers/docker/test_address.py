"""Where an engine is, and words that need no engine."""

from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError, Login
from apps_app.drivers.docker.api.address import address_faults, read_address
from apps_app.drivers.docker.api.client import registry_of
from apps_app.drivers.docker.api.duration import nanoseconds, seconds
from apps_app.drivers.docker.api.models import seconds_between
from apps_app.drivers.docker.payload.ports import published
from apps_app.drivers.registry import open_driver
from templates_app.appspec.schema.component import PortOptions

FAULTS = {
    "here": "is no address of an engine",
    "http://host": "is no address of an engine",
    "unix://": "is no address of an engine",
    "tcp://host:2376": "needs TLS",
}


@pytest.mark.parametrize("address", FAULTS)
def test_an_address_has_to_be_one(address: str) -> None:
    assert FAULTS[address] in address_faults({"address": address})[0]


def test_certificates_belong_to_tcp_and_come_in_pairs() -> None:
    assert "not for ssh" in address_faults({"address": "ssh://me@host", "ca": "ca.pem"})[0]
    assert "go together" in address_faults({"address": "tcp://host", "ca": "ca.pem", "key": "key.pem"})[0]
    assert address_faults({"address": "tcp://h", "ca": "a", "certificate": "b", "key": "c"}) == ()
    assert address_faults({}) == ()


def test_the_time_to_stay_up_has_to_be_one() -> None:
    assert "no time to stay up" in address_faults({"gate": "soon"})[0]
    assert address_faults({"gate": "1m30s"}) == ()


def test_no_password_of_a_registry_is_shown() -> None:
    address = read_address({}, Path(), {"registry.example": Login("u", "pass-word")})
    assert address.logins["registry.example"].password == "pass-word"
    assert "pass-word" not in repr(address)


@pytest.mark.parametrize(
    ("url", "host"),
    [("unix:///x", "127.0.0.1"), ("tcp://h:2376", "h"), ("ssh://me@h:22", "h"), ("tcp://[::1]:1", "::1")],
)
def test_published_ports_are_at_the_engines_host(url: str, host: str) -> None:
    assert read_address({"address": url}, Path()).host == host


def test_an_engine_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    driver = open_driver("docker", {"address": f"unix://{tmp_path}/none.sock"}, "")
    with pytest.raises(DriverError, match="cannot be reached: No such file or directory; is it running") as refused:
        driver.ping()
    assert not refused.value.permanent


@pytest.mark.parametrize(("text", "said"), [("1m30s", 90), ("0", 0), ("1.5s", 1.5), ("250ms", 0.25), ("1h", 3600)])
def test_durations(text: str, said: float) -> None:
    assert seconds(text) == pytest.approx(said)
    assert nanoseconds(text) == said * 1_000_000_000


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("redis:8", "docker.io"),
        ("team/web", "docker.io"),
        ("r.example/web:1", "r.example"),
        ("localhost:5000/a", "localhost:5000"),
    ],
)
def test_the_registry_of_an_image(image: str, registry: str) -> None:
    assert registry_of(image) == registry


def test_published_addresses() -> None:
    ports = {
        "80/tcp": {"8080": PortOptions(), "[::1]:9": PortOptions(), "": PortOptions()},
        "53/udp": {"53": PortOptions()},
    }
    addresses = [(binding.address, binding.first, binding.protocol, binding.is_fixed) for binding in published(ports)]
    assert addresses == [
        ("", 53, "udp", True),
        ("", 0, "tcp", False),
        ("", 8080, "tcp", True),
        ("::1", 9, "tcp", True),
    ]


def test_the_engines_times() -> None:
    assert seconds_between("2026-11-22T04:10:19.123456789Z", "2026-11-22T04:10:20.623456789Z") == pytest.approx(1.5)
    assert seconds_between("", "2026-11-22T04:10:20Z") == 0
