"""Named documents that the tests tell their stories with."""

from typing import Any

from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.validation.resource_usage import uses_of


def spec(**components: dict[str, Any]) -> AppSpec:
    """A document of components alone; the volumes they mount are declared."""
    parts = parse({"components": components}).components
    volumes: dict[str, Any] = {key: {} for part in parts.values() for key in sorted(uses_of(part).volumes)}
    return parse({"components": components, "volumes": volumes})


def changed(before: AppSpec, key: str, **fields: Any) -> AppSpec:
    """The document with some fields of one component set; None takes a field away."""
    plain = {**before.plain}
    component = {**before.components[key].plain, **fields}
    plain["components"] = {
        **{item: part.plain for item, part in before.components.items()},
        key: {name: value for name, value in component.items() if value is not None},
    }
    return parse(plain)


def without(before: AppSpec, *keys: str) -> AppSpec:
    """The document without some components."""
    remaining = {key: part for key, part in before.components.items() if key not in keys}
    return before.model_copy(update={"components": remaining})


def added(before: AppSpec, **components: dict[str, Any]) -> AppSpec:
    """The document with more components; the volumes they mount are declared."""
    more = spec(**components)
    return before.model_copy(
        update={
            "components": {**before.components, **more.components},
            "volumes": {**before.volumes, **more.volumes},
        }
    )


WEB_AND_DB = parse(
    {
        "parameters": {
            "DB_PASSWORD": {"label": "Database password", "secret": True, "required": True, "generate": "password:24"},
            "WORKERS": {"label": "Workers", "default": "2"},
            "WEB_IMAGE": {"default": "shop/web:1.0", "fixed": True},
        },
        "components": {
            "web": {
                "image": "${WEB_IMAGE}",
                "env": {
                    "DATABASE_URL": "postgres://shop:${DB_PASSWORD}@db/shop",
                    "WORKERS": "${WORKERS}",
                    "OLD_CACHE_DIR": "/var/cache/shop",
                },
                "ports": {"8000/tcp": {"8080": {}}},
                "depends_on": {"db": {"condition": "healthy"}},
            },
            "db": {
                "image": "postgres:17",
                "env": {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "${DB_PASSWORD}"},
                "mounts": {"/var/lib/postgresql/data": {"source": "data"}},
                "probes": {"liveness": {"command": ["pg_isready", "-U", "shop"], "interval": "5s"}},
            },
        },
        "volumes": {"data": {}},
    }
)
"""A shop of two: web needs db, db keeps its data in a volume, the password is a secret parameter."""

WEB_ON_TLS = changed(
    WEB_AND_DB,
    "web",
    ports={"8443/tcp": {"8443": {}}},
    config_files={"/etc/shop/tls.conf": {"content": "listen 8443 ssl;\ncost $1\n"}},
)
"""The shop's web on another port, with a config file whose dollar is a dollar."""

WEB_RENAMED = parse(
    {
        **WEB_AND_DB.plain,
        "components": {"shop": WEB_AND_DB.components["web"].plain, "db": WEB_AND_DB.components["db"].plain},
    }
)
"""The same two, but web is called shop."""

WITH_REDIS = added(
    changed(
        WEB_AND_DB,
        "web",
        env={
            "DATABASE_URL": "postgres://shop:${DB_PASSWORD}@db/shop",
            "WORKERS": "${WORKERS}",
            "CACHE_URL": "redis://redis:6379",
        },
        depends_on={"db": {"condition": "healthy"}, "redis": {}},
    ),
    redis={"image": "redis:8", "mounts": {"/data": {"source": "cache"}}},
)
"""The shop as its version 1.1 has it: redis is new, OLD_CACHE_DIR is gone."""

DB_UPGRADED = changed(WEB_AND_DB, "db", image="postgres:18")
"""A new database image on the old data."""

EMPTY = AppSpec()
