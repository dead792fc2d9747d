"""The labels that tell whose a thing is, and what it was made from. No secret and no plain digest of one is in them."""

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
MADE = "uplift.made"
KEPT = "uplift.kept"
LIVE = "uplift.live"
NAME = "uplift.name"
KIND = "uplift.kind"
RUN = "uplift.run"
PROBE = "uplift.probe"
ENDPOINTS = "uplift.endpoints"
WAITS = "uplift.restarts-with"
SHARES = "uplift.shares-with"
VOLUME = "uplift.volume"
ROLE = "uplift.role"
CONTAINERS = "uplift.containers"
THINGS = "uplift.things"
MARK = "mark"
ADOPTED = "adopted"
ADOPTED_THINGS = "adopted-things"


def owned(app: Placement, **more: str) -> dict[str, str]:
    """The labels of everything that belongs to an application, and `uplift.NAME` for each more."""
    return {UID: app.uid, SLUG: app.slug, **{PREFIX + name: value for name, value in more.items()}}


def is_ours(labels: Mapping[str, str], app: Placement) -> bool:
    return labels.get(UID) == app.uid


class Role(StrEnum):
    """What a container is to its component; the value is how its name ends."""

    CURRENT = ""
    NEW = ".new"
    OLD = ".old"
    REMOVED = ".removed"


def container_name(app: Placement, key: str, replica: int, explicit: str = "") -> str:
    """`shop-web-1`; an explicit name is for the only replica."""
    return explicit or f"{app.slug}-{key}-{replica}"


def volume_name(app: Placement, key: str, volume: Volume) -> str:
    """`shop_db-data`, unless the document names it, or others made it."""
    return volume.name or (key if volume.external else f"{app.slug}_{key}")


def network_name(app: Placement, key: str, network: Network) -> str:
    """`shop_default`, unless the document names it, or others made it."""
    return network.name or (key if network.external else f"{app.slug}_{key}")


def mark_name(app: Placement, key: str) -> str:
    """The volume without data whose labels say what a container's own cannot, being older."""
    return f"uplift_{app.slug}_{key}"
