"""Published ports, in the engine's words and in people's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apps_app.drivers.docker.api.models import Tree
from templates_app.appspec.schema.component import PortOptions


@dataclass(frozen=True, slots=True)
class Published:
    """One address of the host: no port where the engine chooses one, first < last where it chooses from a range."""

    address: str
    first: int
    last: int
    protocol: str

    @property
    def is_fixed(self) -> bool:
        return self.first == self.last != 0

    def meets(self, address: str, port: int, protocol: str) -> bool:
        """Whether both cannot be had at once: an empty address is all of them."""
        everywhere = {"", "0.0.0.0", "::"}  # noqa: S104  # read, not bound
        apart = self.address not in everywhere and address not in everywhere and self.address != address
        return not apart and self.protocol == protocol and self.first == port


def bindings(ports: Mapping[str, Mapping[str, PortOptions]]) -> Tree:
    """`PortBindings` of a container."""
    return {
        port: [{"HostIp": _split(address)[0], "HostPort": _split(address)[1]} for address in sorted(addresses)]
        for port, addresses in ports.items()
        if addresses
    }


def published(ports: Mapping[str, Mapping[str, PortOptions]]) -> Iterator[Published]:
    """Every address of the host that a component asks for. Raises ValueError for what is no port."""
    for port, addresses in sorted(ports.items()):
        for name in sorted(addresses):
            address, text = _split(name)
            first, _, last = text.partition("-")
            yield Published(address, int(first or 0), int(last or first or 0), port.partition("/")[2])


def _split(binding: str) -> tuple[str, str]:
    address, _, port = binding.rpartition(":")
    return address.removeprefix("[").removesuffix("]"), port
