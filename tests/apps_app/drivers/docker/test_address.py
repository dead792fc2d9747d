"""Addresses, durations and other values that need no engine."""

from pathlib import Path

import pytest

from apps_app.drivers.base import DriverError, RegistryCredentials
from apps_app.drivers.docker.api.client import parse_registry_host
from apps_app.drivers.docker.api.connection import find_address_errors, read_address
from apps_app.drivers.docker.api.json_values import parse_nanoseconds, parse_seconds
from apps_app.drivers.docker.api.models import seconds_between
from apps_app.drivers.docker.payload.network_endpoints import list_published_ports
from apps_app.drivers.registry import open_driver
from templates_app.appspec.schema.component import PortOptions

ERRORS = {
    "here": "is not a Docker Engine address",
    "http://host": "is not a Docker Engine address",
    "unix://": "is not a Docker Engine address",
    "tcp://host:2376": "requires TLS",
}


@pytest.mark.parametrize("address", ERRORS)
def test_invalid_addresses_are_rejected(address: str) -> None:
    assert ERRORS[address] in find_address_errors({"address": address})[0]


def test_certificates_require_tcp_and_a_key() -> None:
    assert (
        "Certificates are only used with tcp://" in find_address_errors({"address": "ssh://me@host", "ca": "ca.pem"})[0]
    )
    assert "required together" in find_address_errors({"address": "tcp://host", "ca": "ca.pem", "key": "key.pem"})[0]
    assert find_address_errors({"address": "tcp://h", "ca": "a", "certificate": "b", "key": "c"}) == ()
    assert find_address_errors({}) == ()


def test_invalid_minimum_healthy_time_is_rejected() -> None:
    assert "is not a duration" in find_address_errors({"gate": "soon"})[0]
    assert find_address_errors({"gate": "1m30s"}) == ()


def test_registry_passwords_are_not_in_repr() -> None:
    address = read_address({}, Path(), {"registry.example": RegistryCredentials("u", "pass-word")})
    assert address.credentials["registry.example"].password == "pass-word"
    assert "pass-word" not in repr(address)


@pytest.mark.parametrize(
    ("url", "host"),
    [("unix:///x", "127.0.0.1"), ("tcp://h:2376", "h"), ("ssh://me@h:22", "h"), ("tcp://[::1]:1", "::1")],
)
def test_published_host_is_the_engines_host(url: str, host: str) -> None:
    assert read_address({"address": url}, Path()).host == host


def test_unreachable_engine_has_a_readable_error(tmp_path: Path) -> None:
    driver = open_driver("docker", {"address": f"unix://{tmp_path}/none.sock"}, "")
    with pytest.raises(
        DriverError, match="is unreachable: No such file or directory. Check that it is running"
    ) as refused:
        driver.ping()
    assert not refused.value.permanent


@pytest.mark.parametrize(("text", "expected"), [("1m30s", 90), ("0", 0), ("1.5s", 1.5), ("250ms", 0.25), ("1h", 3600)])
def test_durations(text: str, expected: float) -> None:
    assert parse_seconds(text) == pytest.approx(expected)
    assert parse_nanoseconds(text) == expected * 1_000_000_000


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("redis:8", "docker.io"),
        ("team/web", "docker.io"),
        ("r.example/web:1", "r.example"),
        ("localhost:5000/a", "localhost:5000"),
    ],
)
def test_registry_host_of_an_image(image: str, registry: str) -> None:
    assert parse_registry_host(image) == registry


def test_published_addresses() -> None:
    ports = {
        "80/tcp": {"8080": PortOptions(), "[::1]:9": PortOptions(), "": PortOptions()},
        "53/udp": {"53": PortOptions()},
    }
    published = [
        (binding.address, binding.first, binding.protocol, binding.is_fixed) for binding in list_published_ports(ports)
    ]
    assert published == [
        ("", 53, "udp", True),
        ("", 0, "tcp", False),
        ("", 8080, "tcp", True),
        ("::1", 9, "tcp", True),
    ]


def test_seconds_between_engine_timestamps() -> None:
    assert seconds_between("2026-11-22T04:10:19.123456789Z", "2026-11-22T04:10:20.623456789Z") == pytest.approx(1.5)
    assert seconds_between("", "2026-11-22T04:10:20Z") == 0
