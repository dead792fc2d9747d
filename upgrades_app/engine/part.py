"""One component as a plan keeps it: rendered, with what it uses, and without any secret value."""

from collections.abc import Iterator, Mapping

from pydantic import Field, JsonValue

from apps_app.drivers.base import Part
from templates_app.spec.component import ComponentSpec, Record
from templates_app.spec.dump import Tree, keyed_digest, tree
from templates_app.spec.model import AppSpec, Network, Volume
from templates_app.spec.text import names


class PartSpec(Record):
    """A rendered component with the definitions it uses and the names of the secrets it refers to."""

    component: ComponentSpec
    volumes: Mapping[str, Volume] = Field(default_factory=dict)
    networks: Mapping[str, Network] = Field(default_factory=dict)
    secrets: tuple[str, ...] = ()

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
    volumes = {name: rendered.volumes[name] for name in volumes_of(component) if name in rendered.volumes}
    networks = {name: rendered.networks[name] for name in sorted(component.networks) if name in rendered.networks}
    bare = PartSpec(component=component, volumes=volumes, networks=networks)
    return bare.model_copy(update={"secrets": tuple(sorted(_secret_names(rendered, bare)))})


def volumes_of(component: ComponentSpec) -> tuple[str, ...]:
    """The named volumes a component mounts, by name."""
    return tuple(sorted({one.source for one in component.mounts.values() if one.kind == "volume" and one.source}))


def _secret_names(rendered: AppSpec, used: PartSpec) -> frozenset[str]:
    """Rendering left the references to secrets only."""
    found: set[str] = set()
    for text in _texts(_interpolated(used)):
        found |= names(text)
    return frozenset(found & {name for name, one in rendered.parameters.items() if one.secret})


def _interpolated(used: PartSpec) -> Tree:
    """All of it whose text holds references: config files only where they say so."""
    files = {path: one for path, one in used.component.config_files.items() if one.interpolate}
    return _plain(used.model_copy(update={"component": used.component.model_copy(update={"config_files": files})}))


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _plain(spec: PartSpec) -> Tree:
    return {
        "component": tree(spec.component),
        "volumes": dict[str, JsonValue]({name: tree(one) for name, one in spec.volumes.items()}),
        "networks": dict[str, JsonValue]({name: tree(one) for name, one in spec.networks.items()}),
    }
