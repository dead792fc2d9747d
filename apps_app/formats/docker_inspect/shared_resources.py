"""The networks and volumes that containers use, by the keys that the document has for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.formats.docker_inspect.inspect_document import PROJECT, Container, Found, Tree, number, rows, table, words
from templates_app.appspec.interpolation.syntax import literal

BUILT_IN = frozenset({"bridge", "host", "none", "default"})
_FOREIGN = "com.docker.compose."
_WORDS = {"Subnet": "subnet", "Gateway": "gateway", "IPRange": "ip_range"}


def safe_key(text: str) -> str:
    """The text as a key: letters, digits, dots, dashes and underscores, at most 63."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:63] or "component"


@dataclass
class Around:
    """`volumes` and `networks` collect what was asked for: key → name on the engine."""

    found: Found
    volumes: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    addressed: set[str] = field(default_factory=set)

    def volume_key(self, name: str) -> str:
        return _key(self.volumes, name, _label(self.found.volumes, name, "volume"))

    def network_key(self, name: str) -> str:
        return _key(self.networks, name, _label(self.found.networks, name, "network"))

    def uses(self, container: Container, key: str) -> Tree:
        """The component's ends in its networks; nothing where it is only in the default one, under its own name."""
        tree: Tree = {}
        for name, end in sorted(container.networks.items()):
            if name in BUILT_IN:
                continue
            network = self.network_key(name)
            tree[network] = self._end(container, key, network, table(end))
        return {} if tree == {"default": {}} else tree

    def _end(self, container: Container, key: str, network: str, end: Tree) -> Tree:
        known = {container.id[:12], container.name, container.service, key, str(container.config.get("Hostname") or "")}
        aliases = [literal(alias) for alias in words(end.get("Aliases")) if alias not in known]
        tree: Tree = {"aliases": list[JsonValue](aliases)} if aliases else {}
        addresses = table(end.get("IPAMConfig"))
        for field_, name in (("IPv4Address", "ipv4_address"), ("IPv6Address", "ipv6_address")):
            if addresses.get(field_):
                tree[name] = str(addresses[field_])
                self.addressed.add(network)
        options: Tree = {"link_local_ips": addresses["LinkLocalIPs"]} if addresses.get("LinkLocalIPs") else {}
        if table(end.get("DriverOpts")):
            options["driver_opts"] = {name: literal(str(text)) for name, text in table(end["DriverOpts"]).items()}
        if number(end.get("GwPriority")):
            options["gw_priority"] = end["GwPriority"]
        return tree | ({"options": options} if options else {})

    def definitions(self) -> tuple[Tree, Tree]:
        """Volumes and networks of the document; each keeps the name that it has."""
        volumes = {key: _volume(name, table(self.found.volumes.get(name))) for key, name in self.volumes.items()}
        networks = {
            key: _network(name, table(self.found.networks.get(name)), with_ranges=key in self.addressed)
            for key, name in self.networks.items()
        }
        return dict[str, JsonValue](volumes), dict[str, JsonValue](networks)


def _key(known: dict[str, str], name: str, desired: str) -> str:
    for key, other in known.items():
        if other == name:
            return key
    key = desired if desired and desired not in known else safe_key(name)
    known[key] = name
    return key


def _label(items: Mapping[str, Tree], name: str, kind: str) -> str:
    """What Compose calls it in its file, where it is of the project whose name it bears."""
    labels = table(table(items.get(name)).get("Labels"))
    key, project = str(labels.get(f"{_FOREIGN}{kind}") or ""), str(labels.get(PROJECT) or "")
    return key if project else ""


def _own_labels(tree: Tree) -> Tree:
    return {
        name: literal(str(text)) for name, text in table(tree.get("Labels")).items() if not name.startswith(_FOREIGN)
    }


def _volume(name: str, tree: Tree) -> Tree:
    result: Tree = {"name": literal(name)}
    if (driver := tree.get("Driver")) not in (None, "", "local"):
        result["driver"] = driver
    if options := table(tree.get("Options")):
        result["options"] = {key: literal(str(text)) for key, text in options.items()}
    own = _own_labels(tree)
    return result | ({"labels": own} if own else {})


def _network(name: str, tree: Tree, *, with_ranges: bool) -> Tree:
    result = _volume(name, tree)
    if result.get("driver") == "bridge":
        del result["driver"]
    result |= {
        key: True for key, field_ in (("internal", "Internal"), ("attachable", "Attachable")) if tree.get(field_)
    }
    result |= {"enable_ipv6": True} if tree.get("EnableIPv6") else {}
    pools = [_pool(table(row)) for row in rows(table(tree.get("IPAM")).get("Config"))]
    return result | ({"ipam": {"config": pools}} if with_ranges and pools else {})


def _pool(tree: Tree) -> JsonValue:
    result: Tree = {name: tree[field_] for field_, name in _WORDS.items() if tree.get(field_)}
    return result | ({"aux_addresses": tree["AuxiliaryAddresses"]} if tree.get("AuxiliaryAddresses") else {})
