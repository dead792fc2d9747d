"""Host ports that others publish already: which of a document's meet them, and which are free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from templates_app.appspec.interpolation.syntax import Reference, TextError, pieces, substitute
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.validation.ports import Published, published_ports

HIGHEST = 65535


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address that a document publishes; `parameter` alone decides its port, or is "" where none does."""

    address: Published
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """An address that somebody publishes; `by` says who, for people."""

    address: Published
    by: str


class Taken:
    """What is held on one machine, asked by protocol and port; `unheard` says why that is not all, or is ""."""

    def __init__(self, held: Iterable[Held], unheard: str = "") -> None:
        self.unheard = unheard
        self._by_port: dict[tuple[str, int], list[Held]] = defaultdict(list)
        for item in held:
            for port in range(item.address.first, item.address.last + 1):
                self._by_port[item.address.protocol, port].append(item)

    def holder(self, ours: Published) -> Held | None:
        """Who holds an address that cannot be published beside this one."""
        ports = range(ours.first, ours.last + 1)
        neighbours = (near for port in ports for near in self._by_port.get((ours.protocol, port), ()))
        return next((near for near in neighbours if near.address.meets(ours)), None)

    def free(self, number: int, protocol: str) -> int | None:
        """The next port that nobody holds at any address; `number` itself if it is free, None if there is none."""
        ports = range(number, HIGHEST + 1)
        return next((port for port in ports if not self._by_port.get((protocol, port))), None)


def wanted(components: Mapping[str, ComponentSpec], values: Mapping[str, str]) -> Iterator[Wanted]:
    """The addresses that components publish with `values` (the effective ones) put in.

    What cannot be read, and what is left to the target to choose, is left out.
    """
    for key, component in components.items():
        for port, bindings in component.ports.items():
            for binding in bindings:
                yield from _wanted(key, port, binding, values)


def _wanted(key: str, port: str, binding: str, values: Mapping[str, str]) -> Iterator[Wanted]:
    try:
        bare = ComponentSpec(ports={substitute(port, values): {substitute(binding, values): {}}})
    except (TextError, ValidationError):
        return
    for address in published_ports(key, bare):
        if isinstance(address, Published):
            yield Wanted(address, _parameter(binding))


def _parameter(binding: str) -> str:
    """The parameter of `${WEB_PORT:-8080}` and of `127.0.0.1:${WEB_PORT}`."""
    *before, last = pieces(binding) or ("",)
    plain = all(isinstance(piece, str) for piece in before) and (not before or str(before[-1]).endswith(":"))
    return last.name if isinstance(last, Reference) and last.operator[-1:] != "+" and plain else ""
