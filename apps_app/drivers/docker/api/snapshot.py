"""One look at an engine, for all that is asked about many components at one moment."""

from collections.abc import Mapping
from functools import cached_property

import docker
from pydantic import JsonValue

from apps_app.drivers.docker.api.client import Engine, has_labels
from apps_app.drivers.docker.api.models import Image, Info, Listed, Network, Tree, Volume


class Look(Engine):
    """Answers from lists of what there is that are had once, of everything or of the things with some labels; images,
    and what registries say of them, once each. What could not be had is asked for again, and so is what each container
    is doing. What is made by it is seen by it."""

    def __init__(self, engine: Engine, **labels: str) -> None:
        super().__init__(engine.address)
        self._engine = engine
        self._labels = labels
        self._images: dict[str, Image] = {}
        self._offers: dict[str, Tree] = {}

    @cached_property
    def _api(self) -> docker.APIClient:
        return self._engine._api

    @cached_property
    def _info(self) -> Info:
        return super().info()

    @cached_property
    def _listed(self) -> tuple[Listed, ...]:
        return super().listed(**self._labels)

    @cached_property
    def _volumes(self) -> tuple[Volume, ...]:
        return super().volumes(**self._labels)

    @cached_property
    def _networks(self) -> tuple[Network, ...]:
        return super().networks(**self._labels)

    def info(self) -> Info:
        return self._info

    def listed(self, **labels: str) -> tuple[Listed, ...]:
        return tuple(container for container in self._listed if has_labels(container.labels, labels))

    def users_in(self, network: str) -> tuple[str, ...]:
        return tuple(container.name for container in self._listed if network in container.joined.networks)

    def volumes(self, **labels: str) -> tuple[Volume, ...]:
        return tuple(volume for volume in self._volumes if has_labels(volume.labels, labels))

    def volume(self, name: str) -> Volume | None:
        return next((volume for volume in self._volumes if volume.name == name), None)

    def networks(self, **labels: str) -> tuple[Network, ...]:
        return tuple(network for network in self._networks if has_labels(network.labels, labels))

    def network(self, name: str) -> Network | None:
        return next((network for network in self._networks if network.name == name), None)

    def image(self, reference: str) -> Image | None:
        if reference not in self._images and (image := super().image(reference)) is not None:
            self._images[reference] = image
        return self._images.get(reference)

    def in_registry(self, reference: str) -> Tree:
        if reference not in self._offers:
            self._offers[reference] = super().in_registry(reference)
        return self._offers[reference]

    def create_volume(self, name: str, labels: Mapping[str, str], driver: str, options: Mapping[str, str]) -> None:
        super().create_volume(name, labels, driver, options)
        self._forget("_volumes")

    def remove_volume(self, name: str) -> None:
        super().remove_volume(name)
        self._forget("_volumes")

    def create_network(self, config: Mapping[str, JsonValue]) -> None:
        super().create_network(config)
        self._forget("_networks")

    def remove_network(self, network: str) -> None:
        super().remove_network(network)
        self._forget("_networks")

    def _forget(self, listed: str) -> None:
        self.__dict__.pop(listed, None)


class Round:
    """One look for every question of a round, however many components they are about. A question that comes again
    begins another round."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._look = Look(engine)
        self._asked: set[tuple[str, ...]] = set()

    def look(self, *question: str) -> Look:
        """The look that answers this question."""
        if question in self._asked:
            self.end()
        self._asked.add(question)
        return self._look

    def end(self) -> None:
        """What is asked from now on is asked anew."""
        self._look = Look(self._engine)
        self._asked.clear()
