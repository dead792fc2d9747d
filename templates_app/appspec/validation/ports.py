"""Published ports of a document, and conflicts among them."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.appspec.presentation.path_labels import describe_dotted_path
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import Fault, join_path
from templates_app.appspec.schema.model import AppSpec

_ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - read, not bound
_HIGHEST = 65535


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """One published address of a component. `first` and `last` are host ports; both 0 where the target chooses."""

    path: str
    component: str
    address: str
    first: int
    last: int
    protocol: str

    @property
    def label(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        where = f"[{self.address}]" if ":" in self.address else self.address
        return f"{where}:{ports}/{self.protocol}" if where else f"{ports}/{self.protocol}"

    def overlaps(self, other: "PublishedPort") -> bool:
        """Whether both cannot be published on one host."""
        ports = self.first <= other.last and other.first <= self.last
        return ports and (self.address == other.address or self.address in _ANY or other.address in _ANY)


def parse_port_range(text: str) -> tuple[int, int]:
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


def list_published_ports(key: str, component: ComponentSpec) -> Iterator[PublishedPort | Fault]:
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
            inside = parse_port_range(number)
        except ValueError as error:
            yield Fault(join_path(at), str(error))
            continue
        for binding in bindings:
            if binding and "$" not in binding:
                yield from _parse_binding(key, (*at, binding), inside, protocol)


def find_port_faults(spec: AppSpec) -> tuple[Fault, ...]:
    """Texts that are no ports, addresses that two publish, and fixed ones that several replicas would share."""
    result = [port for key, component in spec.components.items() for port in list_published_ports(key, component)]
    faults = [port for port in result if isinstance(port, Fault)]
    addresses = [port for port in result if isinstance(port, PublishedPort)]
    return (*faults, *_is_too_many(spec, addresses), *_find_overlaps(addresses))


def _parse_binding(
    key: str, path: tuple[str, ...], inside: tuple[int, int], protocol: str
) -> Iterator[PublishedPort | Fault]:
    address, colon, ports = path[-1].rpartition(":")
    address = (address if colon else "").strip("[]")
    if not ports:
        return
    try:
        first, last = parse_port_range(ports)
    except ValueError as error:
        yield Fault(join_path(path), str(error))
        return
    if last - first == inside[1] - inside[0]:
        yield PublishedPort(join_path(path), key, address, first, last, protocol)
    elif inside[0] != inside[1]:
        yield Fault(join_path(path), f"{ports} has a different number of ports than {inside[0]}-{inside[1]}")


def _is_too_many(spec: AppSpec, addresses: list[PublishedPort]) -> Iterator[Fault]:
    for port in addresses:
        replicas = spec.components[port.component].replicas
        if isinstance(replicas, int) and replicas > 1:
            yield Fault(port.path, f"{replicas} replicas cannot publish {port.label}")


def _find_overlaps(addresses: list[PublishedPort]) -> Iterator[Fault]:
    """Sorted by their first port, so that each is held only against those that it can still meet."""
    open_ones: dict[str, list[PublishedPort]] = {}
    for port in sorted(addresses, key=lambda item: (item.first, item.last)):
        near = [other for other in open_ones.get(port.protocol, []) if other.last >= port.first]
        other = next((other for other in near if port.overlaps(other)), None)
        if other is not None:
            yield Fault(port.path, f"{port.label} is also published by {describe_dotted_path(other.path)}")
        open_ones[port.protocol] = [*near, port]
