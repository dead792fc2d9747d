"""One component as a plan keeps it: rendered, with what it uses, and without any secret value."""

from collections.abc import Mapping

from pydantic import Field, JsonValue

from apps_app.drivers.base import Part
from templates_app.appspec.interpolation.render import secret_names, used_parameters
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.model import AppSpec, Network, Volume
from templates_app.appspec.schema.serialize import Tree, keyed_digest, tree
from templates_app.appspec.validation.resource_usage import networks_of, volumes_of


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
        """Keyed, over all of it and the values of its secrets: what a target that has just this would report."""
        used = {name: secrets[name] for name in self.secrets if name in secrets}
        return keyed_digest({**_plain(self), "secrets": dict[str, JsonValue](used)}, salt)


def part(spec: PartSpec, secrets: Mapping[str, str], salt: bytes) -> Part:
    """What the driver gets: the component with the values of the secrets it uses, and its keyed digest."""
    return Part(
        component=spec.component,
        digest=spec.digest(secrets, salt),
        volumes=spec.volumes,
        networks=spec.networks,
        secrets={name: secrets[name] for name in spec.secrets if name in secrets},
    )


def part_spec(rendered: AppSpec, key: str) -> PartSpec | None:
    """Component `key` of a rendered document, or None where there is none."""
    component = rendered.components.get(key)
    if component is None:
        return None
    bare = PartSpec(
        component=component, volumes=volumes_of(rendered, component), networks=networks_of(rendered, component)
    )
    return bare.model_copy(update={"secrets": tuple(sorted(_secret_names(rendered, bare)))})


def _secret_names(rendered: AppSpec, used: PartSpec) -> frozenset[str]:
    """Rendering left the references to secrets only."""
    secret = secret_names(rendered.parameters)
    if not secret:
        return secret
    parts = (used.component, *used.volumes.values(), *used.networks.values())
    result = frozenset[str]().union(*map(used_parameters, parts))
    return result & secret


def _plain(spec: PartSpec) -> Tree:
    return {
        "component": tree(spec.component),
        "volumes": dict[str, JsonValue]({name: tree(volume) for name, volume in spec.volumes.items()}),
        "networks": dict[str, JsonValue]({name: tree(network) for name, network in spec.networks.items()}),
    }
