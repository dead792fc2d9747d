"""A rendered component as stored in a plan, with the definitions it uses and without secret values."""

from collections.abc import Mapping

from pydantic import Field, JsonValue

from apps_app.drivers.base import ComponentPart
from templates_app.appspec.interpolation.render import find_used_parameters, get_secret_names
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.model import AppSpec, Network, Volume
from templates_app.appspec.schema.serialize import JsonTree, compute_keyed_digest, to_plain
from templates_app.appspec.validation.resource_usage import find_networks, find_volumes


class PartSpec(Record):
    """A rendered component with the definitions it uses and the names of the secrets it refers to."""

    component: ComponentSpec
    volumes: Mapping[str, Volume] = Field(default_factory=dict)
    networks: Mapping[str, Network] = Field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    @property
    def uses(self) -> frozenset[tuple[str, str]]:
        """The definitions it uses, as the beginnings of their paths."""
        return frozenset(
            {*(("volumes", name) for name in self.volumes), *(("networks", name) for name in self.networks)}
        )

    def digest(self, secrets: Mapping[str, str], salt: bytes) -> str:
        """Return the keyed digest of the part and its secret values, as the target reports it."""
        used = {name: secrets[name] for name in self.secrets if name in secrets}
        return compute_keyed_digest({**_to_plain(self), "secrets": dict[str, JsonValue](used)}, salt)


def build_part(spec: PartSpec, secrets: Mapping[str, str], salt: bytes) -> ComponentPart:
    """Build the part that a driver applies: the component, the secrets it uses, and its keyed digest."""
    return ComponentPart(
        component=spec.component,
        digest=spec.digest(secrets, salt),
        volumes=spec.volumes,
        networks=spec.networks,
        secrets={name: secrets[name] for name in spec.secrets if name in secrets},
    )


def build_part_spec(rendered: AppSpec, key: str) -> PartSpec | None:
    """Return the part of a component of a rendered document, or None."""
    component = rendered.components.get(key)
    if component is None:
        return None
    bare = PartSpec(
        component=component, volumes=find_volumes(rendered, component), networks=find_networks(rendered, component)
    )
    return bare.model_copy(update={"secrets": tuple(sorted(_list_secret_names(rendered, bare)))})


def _list_secret_names(rendered: AppSpec, used: PartSpec) -> frozenset[str]:
    """Return the secrets that a part refers to. After rendering, only references to secrets are left."""
    secret = get_secret_names(rendered.parameters)
    if not secret:
        return secret
    parts = (used.component, *used.volumes.values(), *used.networks.values())
    result = frozenset[str]().union(*map(find_used_parameters, parts))
    return result & secret


def _to_plain(spec: PartSpec) -> JsonTree:
    return {
        "component": to_plain(spec.component),
        "volumes": dict[str, JsonValue]({name: to_plain(volume) for name, volume in spec.volumes.items()}),
        "networks": dict[str, JsonValue]({name: to_plain(network) for name, network in spec.networks.items()}),
    }
