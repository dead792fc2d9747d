"""The demo shop as a Compose file, and its changes after 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from templates_app.appspec.schema.component import ComponentSpec, Dependency, Mount, Probe
from templates_app.appspec.schema.model import AppSpec, Volume

COMPOSE = b"""\
name: shop
services:
  web:
    image: example/shop-web:1.0
    environment:
      DATABASE_URL: postgres://shop:${DB_PASSWORD:?the shop needs one}@db:5432/shop
      LOG_LEVEL: info
      OLD_CACHE_DIR: /var/cache/shop
      PUBLIC_URL: ${PUBLIC_URL:-http://localhost:8080}
    ports:
      - "8080:8000"
    volumes:
      - ./web.conf:/etc/shop/web.conf:ro
    depends_on:
      db: {condition: service_healthy}
    restart: unless-stopped
  worker:
    image: example/shop-worker:1.0
    environment:
      DATABASE_URL: postgres://shop:${DB_PASSWORD:?the shop needs one}@db:5432/shop
      WORKERS: "2"
    depends_on:
      db: {condition: service_healthy}
    restart: unless-stopped
  db:
    image: postgres:17.4
    environment:
      POSTGRES_DB: shop
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: ${DB_PASSWORD:?the shop needs one}
    volumes:
      - db-data:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD", "pg_isready", "-U", "shop"]
      interval: 5s
      retries: 10
    restart: unless-stopped
volumes:
  db-data: {}
"""

WEB_CONF = b"""\
listen 8000;
root /srv/shop;
# prices are in $, and this dollar stays one
"""

REDIS = ComponentSpec(
    image="redis:7.4",
    command=("redis-server", "--appendonly", "yes"),
    mounts={"/data": Mount(source="redis-data")},
    probes={"readiness": Probe(command=("redis-cli", "ping"), interval="5s")},
    restart="unless-stopped",
)


@dataclass(frozen=True, slots=True)
class ShopEdition:
    """The shop for one kind of target: its files, and Redis and the web image of 1.1."""

    files: Mapping[str, bytes]
    redis: ComponentSpec
    web: str = ""

    def next(self, spec: AppSpec) -> AppSpec:
        """Return the spec of 1.1: adds Redis, increases the worker count, removes a variable."""
        web, worker = spec.components["web"], spec.components["worker"]
        env = {name: value for name, value in web.env.items() if name != "OLD_CACHE_DIR"}
        changed = {
            "redis": self.redis,
            "web": web.model_copy(update={"env": env, "image": self.web or web.image}),
            "worker": worker.model_copy(
                update={
                    "env": {**worker.env, "WORKERS": "4"},
                    "depends_on": {**worker.depends_on, "redis": Dependency(condition="healthy")},
                }
            ),
        }
        return spec.model_copy(
            update={
                "components": {**spec.components, **changed},
                "volumes": {**spec.volumes, "redis-data": Volume()},
            }
        )


WRITTEN = ShopEdition({"compose.yaml": COMPOSE, "web.conf": WEB_CONF}, REDIS)
