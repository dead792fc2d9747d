"""The networks of a component: under which names, and with which addresses."""

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import number, pairs, text, texts
from apps_app.drivers.docker.api.labels import network_name
from apps_app.drivers.docker.api.models import Tree
from apps_app.drivers.docker.payload.container_draft import Making
from templates_app.appspec.schema.component import NetworkUse
from templates_app.appspec.schema.model import Network
from templates_app.appspec.validation.resource_usage import DEFAULT_NETWORK

_KNOWN = {"priority", "gw_priority", "driver_opts", "link_local_ips", "mac_address"}


def endpoints_of(making: Making) -> dict[str, Tree]:
    """The component's end in each network by the network's name, the one its default route goes through first."""
    component = making.component
    if component.network_mode:
        if component.networks:
            making.faults.append(
                f"it has networks and network_mode '{component.network_mode}', which exclude each other"
            )
        making.host["NetworkMode"] = component.network_mode
        return {}
    uses = component.networks or {DEFAULT_NETWORK: NetworkUse()}
    ordered = sorted(uses, key=lambda name: (-_priority(making, uses[name]), name))
    result = {_name(making, name): _endpoint(making, name, uses[name]) for name in ordered}
    first = next(iter(result))
    making.host["NetworkMode"] = first
    if mac := component.engine.get("mac_address"):
        result[first].setdefault("MacAddress", text(mac))
    return result


def _name(making: Making, key: str) -> str:
    return network_name(making.app, key, making.part.networks.get(key) or Network())


def _endpoint(making: Making, name: str, use: NetworkUse) -> Tree:
    data = use.options
    for unknown in sorted(data.keys() - _KNOWN):
        making.faults.append(f"networks.{name}.{unknown} is not understood by a Docker Engine")
    aliases = list(dict.fromkeys([making.key, *use.aliases]))
    endpoint: Tree = {"Aliases": list[JsonValue](aliases)}
    addresses: Tree = {
        field: value for field, value in (("IPv4Address", use.ipv4_address), ("IPv6Address", use.ipv6_address)) if value
    }
    if local := data.get("link_local_ips"):
        addresses["LinkLocalIPs"] = making.tried(f"networks.{name}", lambda: texts(local), [])
    if addresses:
        endpoint["IPAMConfig"] = addresses
    if mac := data.get("mac_address"):
        endpoint["MacAddress"] = making.tried(f"networks.{name}", lambda: text(mac), "")
    if driver := data.get("driver_opts"):
        endpoint["DriverOpts"] = making.tried(f"networks.{name}", lambda: pairs(driver), {})
    if links := _links(making):
        endpoint["Links"] = links
    return endpoint


def _links(making: Making) -> list[JsonValue]:
    """`db:database`: db is also known as database to this component."""
    result: list[JsonValue] = []
    for value in texts(making.component.engine.get("links") or []):
        key, _, alias = str(value).partition(":")
        result.append(f"{making.app.slug}-{key}-1:{alias or key}")
    return result + texts(making.component.engine.get("external_links") or [])


def _priority(making: Making, use: NetworkUse) -> float:
    value = use.options.get("gw_priority", use.options.get("priority", 0))
    return making.tried("networks", lambda: number(value), 0.0)
