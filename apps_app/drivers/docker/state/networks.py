"""Networks: made with labels, and gone when the last component that was in them is."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from apps_app.drivers.base import DriverError, Part, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.json_values import items, pairs, table, text
from apps_app.drivers.docker.api.labels import network_name
from apps_app.drivers.docker.api.models import Network as There
from apps_app.drivers.docker.api.models import Tree
from apps_app.drivers.docker.state.volumes import owner
from templates_app.appspec.schema.model import Network
from templates_app.appspec.validation.resource_usage import uses_of


def used(part: Part) -> dict[str, Network]:
    """The networks that a component is in, by key."""
    return {key: part.networks.get(key) or Network() for key in sorted(uses_of(part.component).networks)}


def make_networks(engine: Engine, app: Placement, part: Part) -> None:
    """Makes those that are not there, or not as they shall be. Raises DriverError where a name is taken."""
    for key, network in used(part).items():
        if sentence := next(taken(engine, app, key, network), ""):
            raise DriverError(sentence, permanent=True)
        if network.external:
            continue
        current = engine.network(network_name(app, key, network))
        if current is not None and _changed(current, network):
            engine.remove_network(current.id)
            current = None
        if current is None:
            engine.create_network(_document(app, key, network))


def taken(engine: Engine, app: Placement, key: str, network: Network) -> Iterator[str]:
    """Why this network cannot be used, in a sentence. One that nobody is in is made anew as it shall be."""
    name = network_name(app, key, network)
    current = engine.network(name)
    if network.external:
        if current is None:
            yield f"the network {name} is made by others, and is not there; make it first"
        return
    came_along = adoption_labels.networks_of(engine, app).get(key) == name
    if current is not None and not labels.is_ours(current.labels, app) and not came_along:
        yield f"the network {name} is there already and belongs to {owner(current.labels)}; choose another name"
    elif current is not None and (changed := _changed(current, network)) and (users := engine.users_in(name)):
        yield (
            f"the network {name} has another {changed}, which cannot be changed while {', '.join(users)} "
            f"{'is' if len(users) == 1 else 'are'} in it; give the network another name, and all move there"
        )


def faults(key: str, network: Network) -> Iterator[str]:
    """What an engine does not understand of a network."""
    try:
        _ipam(network)
    except (ValueError, KeyError) as error:
        yield f"the addresses of the network {key} cannot be given to the engine: {error}"
    if network.enable_ipv4 is False:
        yield f"the network {key} switches IPv4 off, which this driver does not do"


def remove_unused(engine: Engine, app: Placement) -> None:
    """Takes away the application's networks that no container is in, running or not, whoever's it is."""
    for network in engine.networks(uid=app.uid):
        if not engine.users_in(network.name):
            engine.remove_network(network.id)


def _document(app: Placement, key: str, network: Network) -> Tree:
    tree: Tree = {
        "Name": network_name(app, key, network),
        "CheckDuplicate": True,
        "Driver": network.driver or "bridge",
        "Internal": network.internal,
        "Attachable": network.attachable,
        "EnableIPv6": bool(network.enable_ipv6),
        "Options": dict[str, JsonValue](network.options),
        "Labels": dict[str, JsonValue]({**network.labels, **labels.owned(app, network=key)}),
    }
    ipam = _ipam(network)
    return tree | ({"IPAM": ipam} if ipam else {})


def _ipam(network: Network) -> Tree:
    """Addresses in the engine's words: `ip_range` is its IPRange."""
    if network.ipam is None:
        return {}
    names = {"subnet": "Subnet", "gateway": "Gateway", "ip_range": "IPRange"}
    data = table(network.ipam)
    pools: list[JsonValue] = []
    for pool in items(data.get("config") or []):
        known: Tree = {names[name]: text(value) for name, value in pool.items() if name != "aux_addresses"}
        pools.append(known | ({"AuxiliaryAddresses": pairs(pool["aux_addresses"])} if "aux_addresses" in pool else {}))
    ipam: Tree = {"Driver": text(data.get("driver") or "default"), "Config": pools}
    return ipam | ({"Options": pairs(data["options"])} if data.get("options") else {})


def _changed(current: There, network: Network) -> str:
    if current.driver != (network.driver or "bridge"):
        return "driver"
    if current.internal is not network.internal:
        return "openness to the outside"
    if any(current.options.get(name) != value for name, value in network.options.items()):
        return "set of options"
    return "address range" if not _ranges(_ipam(network)) <= _ranges(current.ipam) else ""


def _ranges(ipam: Mapping[str, JsonValue]) -> set[str]:
    config = ipam.get("Config")
    return (
        {str(value["Subnet"]) for value in config if isinstance(value, dict) and "Subnet" in value}
        if isinstance(config, list)
        else set()
    )
