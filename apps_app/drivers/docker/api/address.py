"""Where an engine is, and how it is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import JsonValue

from apps_app.drivers.base import Logins
from apps_app.drivers.docker.api.duration import is_duration

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
_SCHEMES = ("unix", "tcp", "https", "ssh")


@dataclass(frozen=True, slots=True)
class Address:
    """One engine: its URL, the files for TLS, and the logins of registries by host."""

    url: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    logins: Logins = field(default_factory=dict, repr=False)

    @property
    def is_socket(self) -> bool:
        return self.url.startswith("unix://")

    @property
    def is_ssh(self) -> bool:
        return self.url.startswith("ssh://")

    @property
    def host(self) -> str:
        """The host that published ports are at."""
        return "127.0.0.1" if self.is_socket else urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int | None:
        return urlsplit(self.url).port


def read_address(config: Mapping[str, JsonValue], home: Path, logins: Logins | None = None) -> Address:
    """The address that a target's configuration describes."""
    url = str(config.get("address") or DEFAULT_ADDRESS)
    files = {name: home / str(config[name]) for name in ("ca", "certificate", "key") if config.get(name)}
    return Address(url, files.get("ca"), files.get("certificate"), files.get("key"), logins or {})


def address_faults(config: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """What is wrong with a target's configuration, as sentences."""
    url = str(config.get("address") or DEFAULT_ADDRESS)
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _SCHEMES or not rest or not _is_readable(url):
        return (f"'{url}' is no address of an engine; write unix:///PATH, tcp://HOST:2376 or ssh://USER@HOST",)
    if not is_duration(str(config.get("gate") or "0s")):
        return (f"'{config['gate']}' is no time to stay up; write it like 10s or 1m30s",)
    provided = {name for name in ("ca", "certificate", "key") if config.get(name)}
    if provided and scheme in {"unix", "ssh"}:
        return (f"certificates are for tcp:// addresses, not for {scheme}://",)
    if scheme in {"tcp", "https"} and "ca" not in provided:
        return ("a tcp:// address needs TLS: name the file of its certificate authority (ca)",)
    if len(provided & {"certificate", "key"}) == 1:
        return ("certificate and key go together",)
    return ()


def _is_readable(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def published_at(config: Mapping[str, JsonValue]) -> str:
    """The host that an engine publishes ports at; "" where it is spoken to by a socket of this machine."""
    url = str(config.get("address") or DEFAULT_ADDRESS)
    return "" if url.startswith("unix://") else urlsplit(url).hostname or ""


def borrowed_from_server(config: Mapping[str, JsonValue]) -> str:
    """What of this server's own standing an address uses; "" where it brings its own."""
    scheme = str(config.get("address") or DEFAULT_ADDRESS).partition("://")[0]
    return {"unix": "a socket of this server", "ssh": "this server's own SSH key"}.get(scheme, "")
