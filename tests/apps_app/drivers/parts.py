"""Named parts that the drivers' tests put on targets."""

from typing import Any

from apps_app.drivers.base import Note, Part, Placement
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.parse import parse_component
from templates_app.appspec.schema.serialize import digest

SHOP = Placement("11111111-aaaa", "shop")
BLOG = Placement("22222222-bbbb", "blog")
PASSWORD = "Zq7-very'secret\\$word"

INSTALL = Note("Install Shop 1.0 as shop", "Record 1, by demo", "demo")
UPGRADE = Note("Upgrade shop from Shop 1.0 to 1.1", "Record 2, by demo", "demo")
ROLLBACK = Note("Go back to Shop 1.0 on shop", "Record 3, by demo", "demo")


def part(image: str, *, secrets: dict[str, str] | None = None, **fields: Any) -> Part:
    """One component with the volumes and networks it uses; its digest tells parts apart as the real one does."""
    component = parse_component({"image": image, **fields})
    volumes = {mount.source: Volume() for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    networks = {name: Network() for name in component.networks}
    complete = {"component": component.model_dump(mode="json"), "secrets": dict(secrets or {})}
    return Part(component, digest(complete), volumes, networks, secrets or {})


DB = part(
    "postgres:16",
    secrets={"DB_PASSWORD": PASSWORD},
    env={"POSTGRES_PASSWORD": "${DB_PASSWORD}", "POSTGRES_DB": "shop"},
    mounts={"/var/lib/postgresql/data": {"source": "db-data"}},
    probes={"readiness": {"command": ["pg_isready"], "interval": "5s"}},
)
WEB = part(
    "registry.example/shop/web:1.0",
    secrets={"DB_PASSWORD": PASSWORD},
    env={"DATABASE_URL": "postgres://shop:${DB_PASSWORD}@db/shop", "PRICE": "5$$"},
    ports={"8000/tcp": {"8080": {}}},
    config_files={
        "/etc/shop/shop.ini": {"content": "[shop]\nname = $shop\n"},
        "/etc/shop/db.ini": {"content": "password = ${DB_PASSWORD}\n", "interpolate": True},
    },
    depends_on={"db": {"condition": "healthy"}},
)
WEB_NEXT = part("registry.example/shop/web:1.1", env={"LOG_LEVEL": "debug"}, depends_on={"db": {}})
REDIS = part("redis:8", mounts={"/data": {"source": "cache"}}, networks={"back": {}})
