"""What the labels of empty volumes say about containers that others started and that are an application's now.

Labels cannot be put on what exists already. A note stays as long as one of its containers is there: the first change
of a component puts Uplift's own in their place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.models import Container, Volume

if TYPE_CHECKING:
    from apps_app.drivers.docker.api.client import Engine


def adopted(engine: Engine, **of: str) -> Iterator[Container]:
    """The containers that are noted for an application (and a key), with the labels that they would have."""
    for volume in engine.volumes(role=labels.ADOPTED, **of):
        for at, (identity, name) in enumerate(listed(volume), start=1):
            found_container = engine.container(identity)
            if found_container is not None:
                yield _as_ours(found_container, volume.labels, at, name)


def adopted_ids(engine: Engine, app: Placement) -> frozenset[str]:
    """Of this application, also of those that are gone."""
    volumes = engine.volumes(uid=app.uid, role=labels.ADOPTED)
    return frozenset(identity for volume in volumes for identity, _ in listed(volume))


def owners(engine: Engine) -> dict[str, str]:
    """The id of each container that somebody took in → the slug of the application."""
    result = engine.volumes(role=labels.ADOPTED)
    return {identity: volume.labels.get(labels.SLUG, "") for volume in result for identity, _ in listed(volume)}


def volumes_of(engine: Engine, app: Placement) -> Mapping[str, str]:
    """Key → name of the volumes that came along."""
    return _things(engine, app, "volumes")


def networks_of(engine: Engine, app: Placement) -> Mapping[str, str]:
    """Key → name of the networks that came along."""
    return _things(engine, app, "networks")


def listed(volume: Volume) -> list[tuple[str, str]]:
    """The containers of a note: id and name."""
    return [(str(entry[0]), str(entry[1])) for entry in json.loads(volume.labels.get(labels.CONTAINERS, "[]"))]


def _things(engine: Engine, app: Placement, kind: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for volume in engine.volumes(uid=app.uid, role=labels.ADOPTED_THINGS):
        names |= json.loads(volume.labels.get(labels.THINGS, "{}")).get(kind, {})
    return names


def _as_ours(container: Container, data: Mapping[str, str], at: int, name: str) -> Container:
    own = {label: value for label, value in data.items() if label not in {labels.ROLE, labels.CONTAINERS}}
    own |= {labels.REPLICA: str(at), labels.NAME: name, labels.RUN: ""}
    return container.model_copy(
        update={"config": container.config.model_copy(update={"labels": {**container.labels, **own}})}
    )
