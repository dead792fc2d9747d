"""Ownership of adopted containers, stored as labels on empty volumes.

The labels of an existing container, volume or network cannot be changed, and adoption must not restart anything. The
ownership of adopted resources is therefore stored in the labels of an empty volume. Such a volume exists as long as one
of its containers does: the first change of a component replaces them with containers that have Uplift's own labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.models import EngineContainer, EngineVolume

if TYPE_CHECKING:
    from apps_app.drivers.docker.api.snapshot import AnyEngine


def inspect_adopted_containers(engine: AnyEngine, **filters: str) -> Iterator[EngineContainer]:
    """Yield the adopted containers with these owner labels, as if the containers themselves had the labels."""
    for volume in engine.list_volumes(role=labels.ROLE_ADOPTED, **filters):
        for replica, (identity, name) in enumerate(read_container_entries(volume), start=1):
            container = engine.get_container(identity)
            if container is not None:
                yield _add_owner_labels(container, volume.labels, replica, name)


def list_adopted_ids(engine: AnyEngine, app: Placement) -> frozenset[str]:
    """Return the ids of an application's adopted containers, removed ones included."""
    volumes = engine.list_volumes(uid=app.uid, role=labels.ROLE_ADOPTED)
    return frozenset(identity for volume in volumes for identity, _ in read_container_entries(volume))


def map_adopted_owners(engine: AnyEngine) -> dict[str, str]:
    """Return the application's slug by the id of each adopted container."""
    owners: dict[str, str] = {}
    for volume in engine.list_volumes(role=labels.ROLE_ADOPTED):
        slug = volume.labels.get(labels.SLUG, "")
        owners |= {identity: slug for identity, _ in read_container_entries(volume)}
    return owners


def map_adopted_volumes(engine: AnyEngine, app: Placement) -> Mapping[str, str]:
    """Return the names of the adopted volumes by key."""
    return _map_adopted_resources(engine, app, "volumes")


def map_adopted_networks(engine: AnyEngine, app: Placement) -> Mapping[str, str]:
    """Return the names of the adopted networks by key."""
    return _map_adopted_resources(engine, app, "networks")


def read_container_entries(volume: EngineVolume) -> list[tuple[str, str]]:
    """Return id and name of the containers that a volume is about."""
    return [(str(entry[0]), str(entry[1])) for entry in json.loads(volume.labels.get(labels.CONTAINERS, "[]"))]


def _map_adopted_resources(engine: AnyEngine, app: Placement, kind: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for volume in engine.list_volumes(uid=app.uid, role=labels.ROLE_ADOPTED_RESOURCES):
        names |= json.loads(volume.labels.get(labels.RESOURCES, "{}")).get(kind, {})
    return names


def _add_owner_labels(
    container: EngineContainer, owner_labels: Mapping[str, str], replica: int, name: str
) -> EngineContainer:
    own = {label: value for label, value in owner_labels.items() if label not in {labels.ROLE, labels.CONTAINERS}}
    own |= {labels.REPLICA: str(replica), labels.NAME: name, labels.RUN: ""}
    config = container.config.model_copy(update={"labels": {**container.labels, **own}})
    return container.model_copy(update={"config": config})
