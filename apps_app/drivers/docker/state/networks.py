"""Networks: created with labels, removed with the last component that uses them."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart, DriverError, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.json_values import parse_mapping, parse_mapping_list, parse_pairs, parse_text
from apps_app.drivers.docker.api.labels import network_name
from apps_app.drivers.docker.api.models import EngineNetwork, InspectTree
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.state.volumes import get_owner
from apps_app.drivers.issues import IssueCode, PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue
from templates_app.appspec.schema.model import Network
from templates_app.appspec.validation.resource_usage import find_resource_usage


def get_component_networks(part: ComponentPart) -> dict[str, Network]:
    """Return the networks of a component, by key."""
    return {key: part.networks.get(key) or Network() for key in sorted(find_resource_usage(part.component).networks)}


def create_networks(engine: AnyEngine, app: Placement, part: ComponentPart) -> None:
    """Create missing networks and recreate changed ones. Raises DriverError where one cannot be used."""
    for key, network in get_component_networks(part).items():
        for issue in check_network(engine, app, key, network):
            raise DriverError(describe_issue(issue), permanent=True)
        if network.external:
            continue
        current = engine.get_network(network_name(app, key, network))
        if current is not None and _find_difference(current, network):
            engine.remove_network(current.id)
            current = None
        if current is None:
            engine.create_network(_build_document(app, key, network))


def check_network(engine: AnyEngine, app: Placement, key: str, network: Network) -> Iterator[PreflightIssue]:
    """Yield why a component cannot use this network. A changed network without containers is recreated."""
    name = network_name(app, key, network)
    current = engine.get_network(name)
    if network.external:
        if current is None:
            yield PreflightIssue(IssueCode.NETWORK_MISSING, resource=name)
        return
    if current is None:
        return
    is_adopted = adoption_labels.map_adopted_networks(engine, app).get(key) == name
    difference = _find_difference(current, network)
    if not labels.belongs_to(current.labels, app) and not is_adopted:
        yield PreflightIssue(IssueCode.NETWORK_CONFLICT, resource=name, holder=get_owner(current.labels))
    elif difference and (users := engine.list_network_users(name)):
        params = {"property": difference, "containers": ", ".join(users)}
        yield PreflightIssue(IssueCode.NETWORK_IN_USE, resource=name, params=params)


def check_network_definition(key: str, network: Network) -> Iterator[PreflightIssue]:
    """Yield what a Docker Engine does not support of a network's definition."""
    try:
        _build_ipam(network)
    except (ValueError, KeyError) as error:
        yield PreflightIssue(IssueCode.INVALID_FIELD, resource=f"networks.{key}.ipam", params={"reason": str(error)})
    if network.enable_ipv4 is False:
        params = {"value": "false"}
        yield PreflightIssue(IssueCode.UNSUPPORTED_VALUE, resource=f"networks.{key}.enable_ipv4", params=params)


def remove_unused_networks(engine: AnyEngine, app: Placement) -> None:
    """Remove the application's networks that no container uses, running or not."""
    for network in engine.list_networks(uid=app.uid):
        if not engine.list_network_users(network.name):
            engine.remove_network(network.id)


def _build_document(app: Placement, key: str, network: Network) -> InspectTree:
    tree: InspectTree = {
        "Name": network_name(app, key, network),
        "CheckDuplicate": True,
        "Driver": network.driver or "bridge",
        "Internal": network.internal,
        "Attachable": network.attachable,
        "EnableIPv6": bool(network.enable_ipv6),
        "Options": dict[str, JsonValue](network.options),
        "Labels": dict[str, JsonValue]({**network.labels, **labels.build_owner_labels(app, network=key)}),
    }
    ipam = _build_ipam(network)
    return tree | ({"IPAM": ipam} if ipam else {})


def _build_ipam(network: Network) -> InspectTree:
    """Return the address configuration in the engine's format."""
    if network.ipam is None:
        return {}
    names = {"subnet": "Subnet", "gateway": "Gateway", "ip_range": "IPRange"}
    data = parse_mapping(network.ipam)
    pools: list[JsonValue] = []
    for pool in parse_mapping_list(data.get("config") or []):
        known: InspectTree = {names[name]: parse_text(value) for name, value in pool.items() if name != "aux_addresses"}
        pools.append(
            known | ({"AuxiliaryAddresses": parse_pairs(pool["aux_addresses"])} if "aux_addresses" in pool else {})
        )
    ipam: InspectTree = {"Driver": parse_text(data.get("driver") or "default"), "Config": pools}
    return ipam | ({"Options": parse_pairs(data["options"])} if data.get("options") else {})


def _find_difference(current: EngineNetwork, network: Network) -> str:
    if current.driver != (network.driver or "bridge"):
        return "driver"
    if current.internal is not network.internal:
        return "internal setting"
    if any(current.options.get(name) != value for name, value in network.options.items()):
        return "list of options"
    return "address range" if not _list_subnets(_build_ipam(network)) <= _list_subnets(current.ipam) else ""


def _list_subnets(ipam: Mapping[str, JsonValue]) -> set[str]:
    config = ipam.get("Config")
    return (
        {str(value["Subnet"]) for value in config if isinstance(value, dict) and "Subnet" in value}
        if isinstance(config, list)
        else set()
    )
