"""Host ports in use on one machine, and conflicts with the ports of a document."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from templates_app.appspec.interpolation.syntax import Reference, TextError, parse_pieces, substitute
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.validation.ports import PublishedPort, list_published_ports

HIGHEST = 65535


@dataclass(frozen=True, slots=True)
class RequestedPort:
    """An address that a document publishes; `parameter` alone decides its port, or is "" where none does."""

    address: PublishedPort
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class HeldPort[HolderT]:
    """A published address and its holder."""

    address: PublishedPort
    holder: HolderT


class PortAllocation[HolderT]:
    """Published addresses of one machine, by protocol and port; `incomplete_reason` says why some are unknown, or ""."""

    def __init__(self, held: Iterable[HeldPort[HolderT]], incomplete_reason: str = "") -> None:
        self.incomplete_reason = incomplete_reason
        self._by_port: dict[tuple[str, int], list[HeldPort[HolderT]]] = defaultdict(list)
        for item in held:
            for port in range(item.address.first, item.address.last + 1):
                self._by_port[item.address.protocol, port].append(item)

    def find_conflict(self, ours: PublishedPort) -> HeldPort[HolderT] | None:
        """Return the held address that cannot be published together with this one."""
        ports = range(ours.first, ours.last + 1)
        near = (item for port in ports for item in self._by_port.get((ours.protocol, port), ()))
        return next((port for port in near if port.address.overlaps(ours)), None)

    def find_free(self, number: int, protocol: str) -> int | None:
        """Return the next port from `number` on that is not held at any address, or None."""
        ports = range(number, HIGHEST + 1)
        return next((port for port in ports if not self._by_port.get((protocol, port))), None)


def list_requested_ports(components: Mapping[str, ComponentSpec], values: Mapping[str, str]) -> Iterator[RequestedPort]:
    """The addresses that components publish with `values` (the effective ones) put in.

    What cannot be read, and what is left to the target to choose, is left out.
    """
    for key, component in components.items():
        for port, bindings in component.ports.items():
            for binding in bindings:
                yield from _request_port(key, port, binding, values)


def _request_port(key: str, port: str, binding: str, values: Mapping[str, str]) -> Iterator[RequestedPort]:
    try:
        bare = ComponentSpec(ports={substitute(port, values): {substitute(binding, values): {}}})
    except (TextError, ValidationError):
        return
    for address in list_published_ports(key, bare):
        if isinstance(address, PublishedPort):
            yield RequestedPort(address, _find_parameter(binding))


def _find_parameter(binding: str) -> str:
    """The parameter of `${WEB_PORT:-8080}` and of `127.0.0.1:${WEB_PORT}`."""
    *before, last = parse_pieces(binding) or ("",)
    plain = all(isinstance(piece, str) for piece in before) and (not before or str(before[-1]).endswith(":"))
    return last.name if isinstance(last, Reference) and last.operator[-1:] != "+" and plain else ""
