"""Ports of a document: read from their texts, and published twice or not."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.appspec.presentation.path_labels import spoken_place
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, dotted
from templates_app.appspec.schema.model import AppSpec

_ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - read, not bound
_HIGHEST = 65535


@dataclass(frozen=True, slots=True)
class Published:
    """One published address of a component. `first` and `last` are host ports; both 0 where the target chooses."""

    path: str
    component: str
    address: str
    first: int
    last: int
    protocol: str

    @property
    def says(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        where = f"[{self.address}]" if ":" in self.address else self.address
        return f"{where}:{ports}/{self.protocol}" if where else f"{ports}/{self.protocol}"

    def meets(self, other: "Published") -> bool:
        """Whether both cannot be published on one host."""
        ports = self.first <= other.last and other.first <= self.last
        return ports and (self.address == other.address or self.address in _ANY or other.address in _ANY)


def port_range(text: str) -> tuple[int, int]:
    """ "80" → (80, 80), "8000-8010" → (8000, 8010). Raises ValueError for what is no port."""
    first, dash, last = text.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise ValueError(f"'{text}' is not a port")
    low, high = int(first), int(last or first)
    if not 0 < low <= high <= _HIGHEST:
        raise ValueError(f"'{text}' is not a port between 1 and {_HIGHEST}")
    return low, high


def is_port(text: str) -> bool:
    """Whether it is the number of one port."""
    return text.isdecimal() and len(text) < 6 and 0 < int(text) <= _HIGHEST


def published_ports(key: str, component: ComponentSpec) -> Iterator[Published | Fault]:
    """The addresses that a component publishes, and a fault for each text that is none.

    What still holds a reference is left out. A range of host ports for one port of the component means "any of
    these" (Compose Specification, ports): it meets nothing.
    """
    for port, bindings in component.ports.items():
        at = ("components", key, "ports", port)
        if "$" in port:
            continue
        number, _, protocol = port.partition("/")
        try:
            inside = port_range(number)
        except ValueError as error:
            yield Fault(dotted(at), str(error))
            continue
        for binding in bindings:
            if binding and "$" not in binding:
                yield from _binding(key, (*at, binding), inside, protocol)


def port_faults(spec: AppSpec) -> tuple[Fault, ...]:
    """Texts that are no ports, addresses that two publish, and fixed ones that several replicas would share."""
    result = [port for key, component in spec.components.items() for port in published_ports(key, component)]
    faults = [port for port in result if isinstance(port, Fault)]
    addresses = [port for port in result if isinstance(port, Published)]
    return (*faults, *_crowded(spec, addresses), *_meetings(addresses))


def _binding(key: str, path: tuple[str, ...], inside: tuple[int, int], protocol: str) -> Iterator[Published | Fault]:
    address, colon, ports = path[-1].rpartition(":")
    address = (address if colon else "").strip("[]")
    if not ports:
        return
    try:
        first, last = port_range(ports)
    except ValueError as error:
        yield Fault(dotted(path), str(error))
        return
    if last - first == inside[1] - inside[0]:
        yield Published(dotted(path), key, address, first, last, protocol)
    elif inside[0] != inside[1]:
        yield Fault(dotted(path), f"{ports} has not as many ports as {inside[0]}-{inside[1]}")


def _crowded(spec: AppSpec, addresses: list[Published]) -> Iterator[Fault]:
    for port in addresses:
        replicas = spec.components[port.component].replicas
        if isinstance(replicas, int) and replicas > 1:
            yield Fault(port.path, f"{replicas} replicas cannot all publish {port.says}")


def _meetings(addresses: list[Published]) -> Iterator[Fault]:
    """Sorted by their first port, so that each is held only against those that it can still meet."""
    open_ones: dict[str, list[Published]] = {}
    for port in sorted(addresses, key=lambda item: (item.first, item.last)):
        near = [other for other in open_ones.get(port.protocol, []) if other.last >= port.first]
        other = next((other for other in near if port.meets(other)), None)
        if other is not None:
            yield Fault(port.path, f"{port.says} is published twice: {spoken_place(other.path)} has it too")
        open_ones[port.protocol] = [*near, port]
