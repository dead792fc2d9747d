"""What things are called on an engine. The end of a container's name says its role, since a label cannot change."""

from enum import StrEnum

from apps_app.drivers.base import Placement
from templates_app.spec.model import Network, Volume


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
