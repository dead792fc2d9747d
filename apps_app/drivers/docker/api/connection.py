"""The library's client for one engine: one that does not answer is found out in a few seconds."""

import socket
from pathlib import Path

import docker
from docker.tls import TLSConfig

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.address import Address

PATIENCE = 60
"""Seconds that an engine, once it has answered, may take for an answer."""
_KNOCK = 3
"""Seconds that it may take for its first one: people are waiting for a page."""
_SSH = 22


class _Client(docker.APIClient):  # type: ignore[misc]  # the library has no types
    """Takes nothing from the environment: a bundle of authorities named there would be believed instead of ours."""

    @property
    def trust_env(self) -> bool:
        return False

    @trust_env.setter
    def trust_env(self, value: bool) -> None:
        """The library's base class switches it on."""


def connect(address: Address) -> docker.APIClient:
    """A client whose engine has said which version it speaks. Raises what the library does, and DriverError."""
    _reach_by_ssh(address)
    first = PATIENCE if address.is_ssh else _KNOCK
    client = _Client(base_url=address.url, version="auto", timeout=first, tls=_tls(address), use_ssh_client=False)
    client.timeout = PATIENCE
    if address.is_socket:
        knocking = client.get_adapter(client.base_url)
        knocking.timeout = PATIENCE
        knocking.close()  # its connections would keep the patience of the first
    return client


def _reach_by_ssh(address: Address) -> None:
    """The library waits for a host that is not there as long as the system does. Where a configuration of ssh may say
    another way to it, only that way is gone."""
    if address.is_ssh and not (Path.home() / ".ssh" / "config").exists():
        socket.create_connection((address.host, address.port or _SSH), _KNOCK).close()


def _tls(address: Address) -> TLSConfig | bool:
    if address.ca is None:
        return False
    for file in filter(None, (address.ca, address.certificate, address.key)):
        if not file.is_file():
            raise DriverError(f"the file {file} is not there, or cannot be read", permanent=True)
    pair = (str(address.certificate), str(address.key)) if address.certificate and address.key else None
    return TLSConfig(client_cert=pair, ca_cert=str(address.ca), verify=True)
