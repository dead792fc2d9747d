"""Labels of containers, volumes and networks: owner, and what a container was created from.

Labels are readable by everyone on the engine, so they contain no secret and no plain digest of one. The values are
stored on existing resources and never change, even where the constant has another name.
"""

from collections.abc import Mapping
from enum import StrEnum

from apps_app.drivers.base import Placement
from templates_app.appspec.schema.model import Network, Volume

PREFIX = "uplift."
UID = "uplift.uid"
SLUG = "uplift.slug"
KEY = "uplift.key"
REPLICA = "uplift.replica"
REPLICAS = "uplift.replicas"
DIGEST = "uplift.digest"
BODY = "uplift.body"
CONFIG_DIGEST = "uplift.made"
ACCEPTED_BODY = "uplift.kept"
LIVE = "uplift.live"
NAME = "uplift.name"
KIND = "uplift.kind"
RUN = "uplift.run"
PROBE = "uplift.probe"
ENDPOINTS = "uplift.endpoints"
RESTARTS_WITH = "uplift.restarts-with"
SHARES_WITH = "uplift.shares-with"
VOLUME = "uplift.volume"
ROLE = "uplift.role"
CONTAINERS = "uplift.containers"
RESOURCES = "uplift.things"
ROLE_ANNOTATION = "mark"
ROLE_ADOPTED = "adopted"
ROLE_ADOPTED_RESOURCES = "adopted-things"


def build_owner_labels(app: Placement, **extra: str) -> dict[str, str]:
    """Return the labels of a resource of an application, with `uplift.NAME` for each extra label."""
    return {UID: app.uid, SLUG: app.slug, **{PREFIX + name: value for name, value in extra.items()}}


def belongs_to(labels: Mapping[str, str], app: Placement) -> bool:
    return labels.get(UID) == app.uid


class ContainerRole(StrEnum):
    """Role of a container in a replacement; the value is the suffix of its name."""

    CURRENT = ""
    NEW = ".new"
    OLD = ".old"
    REMOVED = ".removed"


def container_name(app: Placement, key: str, replica: int, explicit: str = "") -> str:
    """Return "shop-web-1", or the explicit name of the only replica."""
    return explicit or f"{app.slug}-{key}-{replica}"


def volume_name(app: Placement, key: str, volume: Volume) -> str:
    """Return "shop_db-data" unless the spec names the volume or it is external."""
    return volume.name or (key if volume.external else f"{app.slug}_{key}")


def network_name(app: Placement, key: str, network: Network) -> str:
    """Return "shop_default" unless the spec names the network or it is external."""
    return network.name or (key if network.external else f"{app.slug}_{key}")


def annotation_volume_name(app: Placement, key: str) -> str:
    """Return the name of the empty volume that stores the annotation of a component."""
    return f"uplift_{app.slug}_{key}"
