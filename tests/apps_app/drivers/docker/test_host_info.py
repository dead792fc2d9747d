"""Where the gateway of an engine's bridge is."""

import pytest

from apps_app.drivers.docker.state.host_info import gateway_of


@pytest.mark.parametrize(
    ("pool", "gateway"),
    [
        ({"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.254"}, "172.17.0.254"),
        ({"Subnet": "172.17.0.0/16"}, "172.17.0.1"),
        ({"Subnet": "172.17.0.0/16", "Gateway": ""}, "172.17.0.1"),
        ({"Subnet": "fd00:17::/64"}, "fd00:17::1"),
        ({"Subnet": "172.17.0.1/16"}, ""),
        ({"Subnet": "no network"}, ""),
        ({}, ""),
    ],
)
def test_the_gateway_is_the_first_address_where_none_is_reported(pool: dict[str, str], gateway: str) -> None:
    assert gateway_of(pool) == gateway
