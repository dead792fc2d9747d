"""One look at an engine, for all that is asked about many components at one moment."""

from functools import cached_property

import docker

from apps_app.drivers.docker.engine import Engine, has_labels
from apps_app.drivers.docker.view import Image, Info, Listed, Network, Tree, Volume


class Look(Engine):
    """Answers what the checks ask from lists that were had once; images, and what registries say of them, once each.
    What could not be had is asked for again."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.address)
        self._engine = engine
        self._images: dict[str, Image | None] = {}
        self._offers: dict[str, Tree] = {}

    @cached_property
    def _api(self) -> docker.APIClient:
        return self._engine._api

    @cached_property
    def _info(self) -> Info:
        return super().info()

    @cached_property
    def _listed(self) -> tuple[Listed, ...]:
        return super().listed()

    @cached_property
    def _volumes(self) -> tuple[Volume, ...]:
        return super().volumes()

    @cached_property
    def _networks(self) -> tuple[Network, ...]:
        return super().networks()

    def info(self) -> Info:
        return self._info

    def listed(self, **labels: str) -> tuple[Listed, ...]:
        return tuple(one for one in self._listed if has_labels(one.labels, labels))

    def users_in(self, network: str) -> tuple[str, ...]:
        return tuple(one.name for one in self._listed if network in one.joined.networks)

    def volumes(self, **labels: str) -> tuple[Volume, ...]:
        return tuple(one for one in self._volumes if has_labels(one.labels, labels))

    def volume(self, name: str) -> Volume | None:
        return next((one for one in self._volumes if one.name == name), None)

    def networks(self, **labels: str) -> tuple[Network, ...]:
        return tuple(one for one in self._networks if has_labels(one.labels, labels))

    def network(self, name: str) -> Network | None:
        return next((one for one in self._networks if one.name == name), None)

    def image(self, reference: str) -> Image | None:
        if reference not in self._images:
            self._images[reference] = super().image(reference)
        return self._images[reference]

    def in_registry(self, reference: str) -> Tree:
        if reference not in self._offers:
            self._offers[reference] = super().in_registry(reference)
        return self._offers[reference]


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
