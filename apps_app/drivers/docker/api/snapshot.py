"""Snapshot of an engine: cached lists for checks of many components at one moment."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import JsonValue

from apps_app.drivers.docker.api.client import Engine, has_labels, inspect_with_adopted
from apps_app.drivers.docker.api.connection import EngineAddress
from apps_app.drivers.docker.api.models import (
    ContainerSummary,
    EngineContainer,
    EngineImage,
    EngineInfo,
    EngineNetwork,
    EngineVolume,
    InspectTree,
)

type AnyEngine = Engine | Snapshot
"""What can be read directly or from a snapshot."""


class Snapshot:
    """Lists containers, volumes and networks once, all of them or those with some labels, and each image once.

    The state of a single container is never cached, and neither is a resource that is missing. Volumes and networks
    that are created or removed through the snapshot are visible in it.
    """

    def __init__(self, client: Engine, **labels: str) -> None:
        self._client = client
        self._labels = labels
        self._images: dict[str, EngineImage] = {}
        self._registry_images: dict[str, InspectTree] = {}

    @property
    def address(self) -> EngineAddress:
        return self._client.address

    @property
    def api_version(self) -> tuple[int, int]:
        return self._client.api_version

    @cached_property
    def _info(self) -> EngineInfo:
        return self._client.get_info()

    @cached_property
    def _containers(self) -> tuple[ContainerSummary, ...]:
        return self._client.list_containers(**self._labels)

    @cached_property
    def _volumes(self) -> tuple[EngineVolume, ...]:
        return self._client.list_volumes(**self._labels)

    @cached_property
    def _networks(self) -> tuple[EngineNetwork, ...]:
        return self._client.list_networks(**self._labels)

    def get_info(self) -> EngineInfo:
        return self._info

    # Containers

    def list_containers(self, **labels: str) -> tuple[ContainerSummary, ...]:
        return tuple(container for container in self._containers if has_labels(container.labels, labels))

    def inspect_containers(self, **labels: str) -> tuple[EngineContainer, ...]:
        return inspect_with_adopted(self, **labels)

    def get_container(self, name: str) -> EngineContainer | None:
        return self._client.get_container(name)

    def list_volume_users(self, volume: str) -> tuple[ContainerSummary, ...]:
        return self._client.list_volume_users(volume)

    def list_network_users(self, network: str) -> tuple[str, ...]:
        return tuple(item.name for item in self._containers if network in item.network_settings.networks)

    def remove(self, container: str) -> None:
        self._client.remove(container)
        self._forget("_containers")

    # Images

    def get_image(self, reference: str) -> EngineImage | None:
        if reference not in self._images and (image := self._client.get_image(reference)) is not None:
            self._images[reference] = image
        return self._images.get(reference)

    def inspect_registry_image(self, reference: str) -> InspectTree:
        if reference not in self._registry_images:
            self._registry_images[reference] = self._client.inspect_registry_image(reference)
        return self._registry_images[reference]

    def pull(self, reference: str, platform: str | None = None) -> Iterator[Mapping[str, JsonValue]]:
        return self._client.pull(reference, platform)

    # Volumes and networks

    def list_volumes(self, **labels: str) -> tuple[EngineVolume, ...]:
        return tuple(volume for volume in self._volumes if has_labels(volume.labels, labels))

    def get_volume(self, name: str) -> EngineVolume | None:
        return next((volume for volume in self._volumes if volume.name == name), None)

    def create_volume(self, name: str, labels: Mapping[str, str], driver: str, options: Mapping[str, str]) -> None:
        self._client.create_volume(name, labels, driver, options)
        self._forget("_volumes")

    def remove_volume(self, name: str) -> None:
        self._client.remove_volume(name)
        self._forget("_volumes")

    def list_networks(self, **labels: str) -> tuple[EngineNetwork, ...]:
        return tuple(network for network in self._networks if has_labels(network.labels, labels))

    def get_network(self, name: str) -> EngineNetwork | None:
        return next((network for network in self._networks if network.name == name), None)

    def create_network(self, config: Mapping[str, JsonValue]) -> None:
        self._client.create_network(config)
        self._forget("_networks")

    def remove_network(self, network: str) -> None:
        self._client.remove_network(network)
        self._forget("_networks")

    def _forget(self, list_name: str) -> None:
        self.__dict__.pop(list_name, None)


class SnapshotCache:
    """Shares one snapshot among the queries of a round of checks. A repeated query starts the next round."""

    def __init__(self, client: Engine) -> None:
        self._client = client
        self._snapshot = Snapshot(client)
        self._queries: set[tuple[str, ...]] = set()

    def get_snapshot(self, *query: str) -> Snapshot:
        """Return the snapshot for this query."""
        if query in self._queries:
            self.invalidate()
        self._queries.add(query)
        return self._snapshot

    def invalidate(self) -> None:
        """Read everything from the engine on the next query."""
        self._snapshot = Snapshot(self._client)
        self._queries.clear()
