"""Address of a Docker Engine."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import docker
from docker.tls import TLSConfig
from pydantic import JsonValue

from apps_app.drivers.base import CredentialsByRegistry, DriverError
from apps_app.drivers.docker.api.json_values import is_duration

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
_SCHEMES = ("unix", "tcp", "https", "ssh")


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """URL of an engine, its TLS files, and registry credentials by host."""

    url: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    credentials: CredentialsByRegistry = field(default_factory=dict, repr=False)

    @property
    def is_socket(self) -> bool:
        return self.url.startswith("unix://")

    @property
    def is_ssh(self) -> bool:
        return self.url.startswith("ssh://")

    @property
    def host(self) -> str:
        """Return the host where ports are published."""
        return "127.0.0.1" if self.is_socket else urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int | None:
        return urlsplit(self.url).port


def read_address(
    config: Mapping[str, JsonValue], home: Path, credentials: CredentialsByRegistry | None = None
) -> EngineAddress:
    """Return the address of a target's configuration; relative TLS files are in `home`."""
    url = str(config.get("address") or DEFAULT_ADDRESS)
    files = {name: home / str(config[name]) for name in ("ca", "certificate", "key") if config.get(name)}
    return EngineAddress(url, files.get("ca"), files.get("certificate"), files.get("key"), credentials or {})


def find_address_errors(config: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Return the errors of a target's configuration as messages."""
    url = str(config.get("address") or DEFAULT_ADDRESS)
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _SCHEMES or not rest or not _is_readable(url):
        return (f"'{url}' is not a Docker Engine address. Use unix:///PATH, tcp://HOST:2376 or ssh://USER@HOST.",)
    if not is_duration(str(config.get("gate") or "0s")):
        return (f"'{config['gate']}' is not a duration. Use a value such as 10s or 1m30s.",)
    provided = {name for name in ("ca", "certificate", "key") if config.get(name)}
    if provided and scheme in {"unix", "ssh"}:
        return (f"Certificates are only used with tcp:// addresses. Remove them or change {scheme}:// to tcp://.",)
    if scheme in {"tcp", "https"} and "ca" not in provided:
        return ("A tcp:// address requires TLS. Set the certificate authority file (ca).",)
    if len(provided & {"certificate", "key"}) == 1:
        return ("A client certificate and its key are required together. Set both or none.",)
    return ()


def _is_readable(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def get_published_host(config: Mapping[str, JsonValue]) -> str:
    """Return the host where an engine publishes ports; "" for an engine on this machine's socket."""
    url = str(config.get("address") or DEFAULT_ADDRESS)
    return "" if url.startswith("unix://") else urlsplit(url).hostname or ""


def find_server_credential(config: Mapping[str, JsonValue]) -> str:
    """Return which credential of this server an address uses; "" where it has its own."""
    scheme = str(config.get("address") or DEFAULT_ADDRESS).partition("://")[0]
    return {"unix": "a socket of this server", "ssh": "the SSH key of this server"}.get(scheme, "")


RESPONSE_TIMEOUT = 60
"""Seconds for a response, once the engine has responded for the first time."""
_CONNECT_TIMEOUT = 3
"""Seconds for the first response: a page request waits for it."""
_SSH_PORT = 22


class _Client(docker.APIClient):  # type: ignore[misc]  # the library has no types
    """Ignores the environment: a CA bundle configured there would replace that of the target."""

    @property
    def trust_env(self) -> bool:
        return False

    @trust_env.setter
    def trust_env(self, value: bool) -> None:
        """Ignore the base class, which sets it to True."""


def connect(address: EngineAddress) -> docker.APIClient:
    """Return a client with a negotiated API version. Raises errors of the library, and DriverError."""
    _check_ssh_reachable(address)
    first = RESPONSE_TIMEOUT if address.is_ssh else _CONNECT_TIMEOUT
    tls = _build_tls_config(address)
    client = _Client(base_url=address.url, version="auto", timeout=first, tls=tls, use_ssh_client=False)
    client.timeout = RESPONSE_TIMEOUT
    if address.is_socket:
        adapter = client.get_adapter(client.base_url)
        adapter.timeout = RESPONSE_TIMEOUT
        adapter.close()  # its open connections would keep the first timeout
    return client


def _check_ssh_reachable(address: EngineAddress) -> None:
    """Raise early where an SSH host does not respond: the library has no connect timeout.

    A host in ~/.ssh/config may be reached through a proxy, so the check is skipped where that file exists.
    """
    if address.is_ssh and not (Path.home() / ".ssh" / "config").exists():
        socket.create_connection((address.host, address.port or _SSH_PORT), _CONNECT_TIMEOUT).close()


def _build_tls_config(address: EngineAddress) -> TLSConfig | bool:
    if address.ca is None:
        return False
    for file in filter(None, (address.ca, address.certificate, address.key)):
        if not file.is_file():
            raise DriverError(f"The TLS file {file} does not exist or is not readable.", permanent=True)
    pair = (str(address.certificate), str(address.key)) if address.certificate and address.key else None
    return TLSConfig(client_cert=pair, ca_cert=str(address.ca), verify=True)
