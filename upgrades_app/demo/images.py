"""The demo shop for a Docker Engine, with images from a registry or built locally."""

from __future__ import annotations

from dataclasses import dataclass

from templates_app.appspec.schema.component import ComponentSpec, Mount, Probe
from upgrades_app.demo.shop import ShopEdition

_COMPOSE = """\
name: shop
services:
  web:
    image: {web}
    environment:
      DB_HOST: db
      LOG_LEVEL: info
      OLD_CACHE_DIR: /var/cache/shop
    ports:
      - "127.0.0.1:${{WEB_PORT:-8080}}:8000"
    volumes:
      - ./web.conf:/etc/nginx/conf.d/default.conf:ro
    depends_on:
      db: {{condition: service_healthy}}
    stop_grace_period: 2s
    restart: unless-stopped
  worker:
    image: {worker}
    command: ["sh", "-c", "trap 'exit 0' TERM; while true; do echo $$WORKERS at work; sleep 2 & wait; done"]
    environment:
      DB_HOST: db
      WORKERS: "2"
    secrets: [db_password]
    depends_on:
      db: {{condition: service_healthy}}
    stop_grace_period: 2s
    restart: unless-stopped
  db:
    image: {db}
{run}
    secrets: [db_password]
    volumes:
      - db-data:{data}
    healthcheck:
      test: ["CMD-SHELL", "{check}"]
      interval: 2s
      retries: 20
    restart: unless-stopped
secrets:
  db_password:
    environment: DB_PASSWORD
volumes:
  db-data: {{}}
"""
_WEB_CONF = b"server {\n  listen 8000;\n  root /usr/share/nginx/html;\n}\n"
_LOCAL_DB = """\
    command:
      - sh
      - -c
      - |
        echo "requirepass $$(cat /run/secrets/db_password)" > /tmp/db.conf
        exec redis-server /tmp/db.conf --dir /data --appendonly yes"""
_PUBLIC_DB = """\
    environment:
      POSTGRES_DB: shop
      POSTGRES_USER: shop
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password"""
_LOGIN = "REDISCLI_AUTH=$(cat /run/secrets/db_password) redis-cli"


@dataclass(frozen=True, slots=True)
class LocalImages:
    """Images of both versions, and the commands that write (`{value}`) and read a database value."""

    edition: ShopEdition
    images: tuple[str, ...]
    write: str
    read: str


def _build_redis(image: str) -> ComponentSpec:
    return ComponentSpec(
        image=image,
        command=("redis-server", "--dir", "/data", "--appendonly", "yes"),
        mounts={"/data": Mount(source="redis-data")},
        probes={"readiness": Probe(command=("redis-cli", "ping"), interval="2s")},
        restart="unless-stopped",
    )


def _build_edition(redis: str, web: tuple[str, str], **places: str) -> ShopEdition:
    compose = _COMPOSE.format(web=web[0], **places)
    return ShopEdition({"compose.yaml": compose.encode(), "web.conf": _WEB_CONF}, _build_redis(redis), web[1])


LOCAL = LocalImages(
    _build_edition(
        "local/uplift-redis:8",
        ("local/uplift-web:1", "local/uplift-web:2"),
        worker="local/uplift-web:1",
        db="local/uplift-redis:7",
        run=_LOCAL_DB,
        data="/data",
        check=f"{_LOGIN.replace('$', '$$')} ping | grep PONG",
    ),
    ("local/uplift-web:1", "local/uplift-web:2", "local/uplift-redis:7", "local/uplift-redis:8"),
    write=f"{_LOGIN} set shop:motto '{{value}}'",
    read=f"{_LOGIN} get shop:motto",
)
PUBLIC = LocalImages(
    _build_edition(
        "redis:7.4",
        ("nginx:1.27-alpine", "nginx:1.28-alpine"),
        worker="busybox:1.37",
        db="postgres:17.4",
        run=_PUBLIC_DB,
        data="/var/lib/postgresql/data",
        check="pg_isready -U shop",
    ),
    ("nginx:1.27-alpine", "nginx:1.28-alpine", "busybox:1.37", "postgres:17.4", "redis:7.4"),
    write="psql -U shop -qc \"create table motto as select '{value}' as said\"",
    read="psql -U shop -qtAc 'select said from motto'",
)
