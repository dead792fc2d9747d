"""Network endpoints of a container: aliases and addresses by network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import parse_number, parse_pairs, parse_text, parse_text_list
from apps_app.drivers.docker.api.labels import network_name
from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.docker.payload.container_draft import ContainerDraft
from apps_app.drivers.issues import IssueCode
from templates_app.appspec.schema.component import NetworkUse, PortOptions
from templates_app.appspec.schema.model import Network
from templates_app.appspec.validation.resource_usage import DEFAULT_NETWORK

_KNOWN = {"priority", "gw_priority", "driver_opts", "link_local_ips", "mac_address"}


def build_endpoints(draft: ContainerDraft) -> dict[str, InspectTree]:
    """Return the endpoints by network name; the first one has the default route."""
    component = draft.component
    if component.network_mode:
        if component.networks:
            draft.add_issue(IssueCode.NETWORK_MODE_CONFLICT, "network_mode", value=component.network_mode)
        draft.host["NetworkMode"] = component.network_mode
        return {}
    uses = component.networks or {DEFAULT_NETWORK: NetworkUse()}
    ordered = sorted(uses, key=lambda name: (-_read_priority(draft, uses[name]), name))
    result = {_get_network_name(draft, name): _build_endpoint(draft, name, uses[name]) for name in ordered}
    first = next(iter(result))
    draft.host["NetworkMode"] = first
    if mac := component.engine.get("mac_address"):
        result[first].setdefault("MacAddress", parse_text(mac))
    return result


def _get_network_name(draft: ContainerDraft, key: str) -> str:
    return network_name(draft.app, key, draft.part.networks.get(key) or Network())


def _build_endpoint(draft: ContainerDraft, name: str, use: NetworkUse) -> InspectTree:
    data = use.options
    for unknown in sorted(data.keys() - _KNOWN):
        draft.add_issue(IssueCode.UNSUPPORTED_FIELD, f"networks.{name}.{unknown}")
    aliases = list(dict.fromkeys([draft.key, *use.aliases]))
    endpoint: InspectTree = {"Aliases": list[JsonValue](aliases)}
    addresses: InspectTree = {
        field: value for field, value in (("IPv4Address", use.ipv4_address), ("IPv6Address", use.ipv6_address)) if value
    }
    if local := data.get("link_local_ips"):
        addresses["LinkLocalIPs"] = draft.try_read(f"networks.{name}", lambda: parse_text_list(local), [])
    if addresses:
        endpoint["IPAMConfig"] = addresses
    if mac := data.get("mac_address"):
        endpoint["MacAddress"] = draft.try_read(f"networks.{name}", lambda: parse_text(mac), "")
    if driver := data.get("driver_opts"):
        endpoint["DriverOpts"] = draft.try_read(f"networks.{name}", lambda: parse_pairs(driver), {})
    if links := _build_links(draft):
        endpoint["Links"] = links
    return endpoint


def _build_links(draft: ContainerDraft) -> list[JsonValue]:
    """Return the links of a component; `db:database` makes db reachable as database."""
    result: list[JsonValue] = []
    for value in parse_text_list(draft.component.engine.get("links") or []):
        key, _, alias = str(value).partition(":")
        result.append(f"{draft.app.slug}-{key}-1:{alias or key}")
    return result + parse_text_list(draft.component.engine.get("external_links") or [])


def _read_priority(draft: ContainerDraft, use: NetworkUse) -> float:
    value = use.options.get("gw_priority", use.options.get("priority", 0))
    return draft.try_read("networks", lambda: parse_number(value), 0.0)


@dataclass(frozen=True, slots=True)
class PortBinding:
    """One host address of a port: 0 where the engine chooses the port, first < last where it chooses from a range."""

    address: str
    first: int
    last: int
    protocol: str

    def __str__(self) -> str:
        """Return "8080/tcp" or "127.0.0.1:8080/tcp"."""
        host = f"[{self.address}]:" if ":" in self.address else f"{self.address}:"
        port = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{host if self.address else ''}{port}/{self.protocol}"

    @property
    def is_fixed(self) -> bool:
        return self.first == self.last != 0

    def conflicts_with(self, address: str, port: int, protocol: str) -> bool:
        """Whether a port in use at an address conflicts with this binding. An empty address means all addresses."""
        everywhere = {"", "0.0.0.0", "::"}  # noqa: S104  # read, not bound
        differs = self.address not in everywhere and address not in everywhere and self.address != address
        return not differs and self.protocol == protocol and self.first == port


def build_port_bindings(ports: Mapping[str, Mapping[str, PortOptions]]) -> InspectTree:
    """Return the `PortBindings` of a container."""
    return {
        port: [
            {"HostIp": _split_binding(address)[0], "HostPort": _split_binding(address)[1]}
            for address in sorted(addresses)
        ]
        for port, addresses in ports.items()
        if addresses
    }


def list_published_ports(ports: Mapping[str, Mapping[str, PortOptions]]) -> Iterator[PortBinding]:
    """Yield every host address that a component publishes. Raises ValueError for an invalid port."""
    for port, addresses in sorted(ports.items()):
        for host_port in sorted(addresses):
            address, text = _split_binding(host_port)
            first, _, last = text.partition("-")
            yield PortBinding(address, int(first or 0), int(last or first or 0), port.partition("/")[2])


def _split_binding(binding: str) -> tuple[str, str]:
    address, _, port = binding.rpartition(":")
    return address.removeprefix("[").removesuffix("]"), port
