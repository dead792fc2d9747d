"""What a component needs from the document around it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from templates_app.appspec.interpolation.syntax import TextError, names
from templates_app.appspec.interpolation.text_rewriter import texts
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.model import AppSpec, Network, Volume

DEFAULT_NETWORK = "default"
SHARES_NETWORK_OF = "service:"


@dataclass(frozen=True, slots=True)
class Uses:
    """The keys of the definitions that a component mounts or joins."""

    volumes: frozenset[str]
    networks: frozenset[str]


def uses_of(component: ComponentSpec) -> Uses:
    """A component that names no network is in the one called "default", unless it has a network mode of its own."""
    volumes = frozenset(mount.source for mount in component.mounts.values() if mount.kind == "volume" and mount.source)
    joined = frozenset(component.networks)
    return Uses(volumes, joined or (frozenset() if component.network_mode else frozenset({DEFAULT_NETWORK})))


def volumes_of(spec: AppSpec, component: ComponentSpec) -> dict[str, Volume]:
    """The definitions of the volumes that a component mounts, by key."""
    used = uses_of(component).volumes
    return {key: volume for key, volume in spec.volumes.items() if key in used}


def networks_of(spec: AppSpec, component: ComponentSpec) -> dict[str, Network]:
    """The definitions of the networks that a component is in, by key."""
    used = uses_of(component).networks
    return {key: network for key, network in spec.networks.items() if key in used}


def needs_of(component: ComponentSpec) -> Mapping[str, bool]:
    """The components that this one needs → whether it cannot do without."""
    needs = {key: dependency.required is not False for key, dependency in component.depends_on.items()}
    return needs | dict.fromkeys(shares_of(component), True)


def shares_of(component: ComponentSpec) -> frozenset[str]:
    """The components whose network, processes or memory this one shares: it cannot outlive them."""
    data = (component.network_mode, *(component.engine.get(field) for field in ("ipc", "pid")))
    shared = (value for value in data if isinstance(value, str) and value.startswith(SHARES_NETWORK_OF))
    return frozenset(name.removeprefix(SHARES_NETWORK_OF) for name in shared)


def parameters_of(parts: Iterable[Record]) -> frozenset[str]:
    """The parameters that the parts refer to, as far as their texts can be read."""
    return frozenset().union(*(_readable(text) for part in parts for _, text in texts(part) if "$" in text))


def _readable(text: str) -> frozenset[str]:
    try:
        return names(text)
    except TextError:
        return frozenset()
