"""Names that an application's parts have on a target: one of its own for each installation, or one that all share."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec, Network, Volume

CONTAINER_NAME = "container_name"
_WORDS = {"components": "container of", "networks": "network", "volumes": "volume"}


@dataclass(frozen=True, slots=True, order=True)
class ExplicitName:
    """What has this very name on every target; `section` is where it stands in the document."""

    section: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"the {_WORDS[self.section]} {self.key} is called {self.name}"


def explicit_names(spec: AppSpec) -> tuple[ExplicitName, ...]:
    """What the document makes under a name of its own that no parameter decides: two installations would share it."""
    return tuple(sorted(explicit for explicit in _named(spec) if explicit.name and "$" not in explicit.name))


def own_names(spec: AppSpec) -> AppSpec:
    """The document without the explicit names of what it makes on a target; what others made keeps its name."""
    return spec.model_copy(
        update={
            "components": {key: _unnamed(component) for key, component in spec.components.items()},
            "volumes": {key: _own(volume) for key, volume in spec.volumes.items()},
            "networks": {key: _own(network) for key, network in spec.networks.items()},
        }
    )


def _named(spec: AppSpec) -> Iterator[ExplicitName]:
    for key, component in spec.components.items():
        yield ExplicitName("components", key, str(component.engine.get(CONTAINER_NAME) or ""))
    for key, volume in spec.volumes.items():
        yield ExplicitName("volumes", key, "" if volume.external else volume.name)
    for key, network in spec.networks.items():
        yield ExplicitName("networks", key, "" if network.external else network.name)


def _unnamed(component: ComponentSpec) -> ComponentSpec:
    if CONTAINER_NAME not in component.engine:
        return component
    rest = {name: value for name, value in component.engine.items() if name != CONTAINER_NAME}
    return component.model_copy(update={"engine": rest})


def _own[D: (Volume, Network)](part: D) -> D:
    return part if part.external or not part.name else part.model_copy(update={"name": ""})
