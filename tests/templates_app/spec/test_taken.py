"""Ports that others hold."""

import pytest

from templates_app.appspec.schema.parse import parse
from templates_app.appspec.validation.port_allocation import HIGHEST, Held, Taken, Wanted, wanted


def of(ports: dict[str, dict[str, object]], **values: str) -> list[Wanted]:
    spec = parse({"components": {"web": {"image": "web", "ports": ports}}})
    return list(wanted(spec.components, values))


def taken(*bindings: str) -> Taken:
    return Taken(Held(port.address, "Shop") for binding in bindings for port in of({"80/tcp": {binding: {}}}))


@pytest.mark.parametrize(
    ("held", "ours", "meets"),
    [
        ("8080", "8080", True),
        ("8080", "127.0.0.1:8080", True),
        ("127.0.0.1:8080", "8080", True),
        ("127.0.0.1:8080", "10.0.0.1:8080", False),
        ("8080", "8081", False),
    ],
)
def test_who_holds_an_address(held: str, ours: str, meets: bool) -> None:
    holder = taken(held).holder(of({"80/tcp": {ours: {}}})[0].address)

    assert (holder is not None) is meets
    assert holder is None or holder.by == "Shop"


def test_another_protocol_is_another_port() -> None:
    assert taken("53").holder(of({"53/udp": {"53": {}}})[0].address) is None


def test_ranges_meet() -> None:
    held = Taken([Held(of({"8000-8010/tcp": {"8000-8010": {}}})[0].address, "Shop")])

    assert held.holder(of({"80/tcp": {"8005": {}}})[0].address) is not None
    assert held.free(8000, "tcp") == 8011
    assert held.free(8011, "tcp") == 8011


def test_no_port_is_free_at_the_end() -> None:
    assert taken(f"{HIGHEST}").free(HIGHEST, "tcp") is None


@pytest.mark.parametrize(
    ("binding", "parameter", "says"),
    [
        ("${WEB_PORT:-8080}", "WEB_PORT", "8080/tcp"),
        ("127.0.0.1:${WEB_PORT:-8080}", "WEB_PORT", "127.0.0.1:8080/tcp"),
        ("${ADDRESS:-127.0.0.1}:8080", "", "127.0.0.1:8080/tcp"),
        ("8${DIGITS:-080}", "", "8080/tcp"),
        ("8080", "", "8080/tcp"),
    ],
)
def test_the_parameter_that_decides_a_port(binding: str, parameter: str, says: str) -> None:
    (port,) = of({"80/tcp": {binding: {}}})

    assert (port.parameter, port.address.says) == (parameter, says)


def test_values_are_put_in() -> None:
    assert of({"80/tcp": {"${WEB_PORT:-8080}": {}}}, WEB_PORT="9000")[0].address.first == 9000


@pytest.mark.parametrize("binding", ["", "${WEB_PORT}", "${WEB_PORT:?}", "no-port"])
def test_what_names_no_port_is_left_out(binding: str) -> None:
    assert of({"80/tcp": {binding: {}}}) == []
