"""Annotations of running containers, stored as labels on an empty volume.

Docker cannot change the labels of an existing container. When limits, the restart policy or the number of replicas of a
running component change, or a drift is accepted, the labels that the containers were created with no longer describe
them. Recreating the containers only to update labels would interrupt the service, and Uplift's database cannot store
this, because the state of a target must be readable from the target alone. A volume without data is the only object of
an engine that has labels, exists independently of containers and can be replaced at any time without an interruption.

Each component has at most one such volume. Its `uplift.body` label names the containers it is about, so that an
annotation left by an interrupted session never applies to newer containers.
"""

from collections.abc import Mapping

from apps_app.drivers.base import Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.labels import annotation_volume_name
from apps_app.drivers.docker.api.models import EngineVolume
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.payload.desired_container import DesiredContainer


def read_annotations(engine: AnyEngine, app: Placement) -> dict[str, EngineVolume]:
    """Return the annotation volumes of an application's components, by key."""
    volumes = engine.list_volumes(uid=app.uid, role=labels.ROLE_ANNOTATION)
    return {volume.labels.get(labels.KEY, ""): volume for volume in volumes}


def write_annotation(
    engine: AnyEngine, desired: DesiredContainer, body: str, accepted: Mapping[str, str] | None = None
) -> None:
    """Record that the containers with this body now match `desired`; `accepted` are the labels of accepted drift."""
    name = annotation_volume_name(desired.app, desired.key)
    container_labels = desired.build_labels(0, "")
    current = {label: container_labels[label] for label in (labels.DIGEST, labels.LIVE, labels.REPLICAS)}
    owner = labels.build_owner_labels(desired.app, key=desired.key, role=labels.ROLE_ANNOTATION)
    engine.remove_volume(name)
    engine.create_volume(name, {**owner, **current, **(accepted or {}), labels.BODY: body}, "", {})


def remove_annotation(engine: AnyEngine, app: Placement, key: str) -> None:
    for volume in engine.list_volumes(uid=app.uid, role=labels.ROLE_ANNOTATION, key=key):
        engine.remove_volume(volume.name)
