"""Documents written as Compose files: stable, readable, without a secret, and nothing left unsaid."""

from typing import Any

import pytest

from apps_app.formats.compose.read import read_compose
from apps_app.formats.compose.write import to_compose
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import tree

SECRETS = frozenset({"PW"})


def app(component: dict[str, Any], **more: Any) -> AppSpec:
    return parse({"components": {"web": {"image": "nginx:1.27", **component}}, **more})


def written(spec: AppSpec) -> str:
    return to_compose(spec, secrets=SECRETS)["compose.yaml"].decode()


def test_small_application_reads_like_a_person_wrote_it() -> None:
    spec = parse(
        {
            "components": {
                "web": {
                    "image": "shop/web:1.1",
                    "env": {"LOG_LEVEL": "debug", "WORKERS": "4", "ON": "yes"},
                    "ports": {"8000/tcp": {"8080": {}}, "9000/tcp": {}},
                    "depends_on": {"db": {"condition": "healthy"}, "redis": {}},
                    "probes": {"readiness": {"shell": "curl -f localhost:8000", "interval": "5s"}},
                    "restart": "unless-stopped",
                },
                "db": {"image": "postgres:16", "mounts": {"/var/lib/postgresql/data": {"source": "data"}}},
                "redis": {"image": "redis:7", "command": ["redis-server", "--save", "60", "1"]},
            },
            "volumes": {"data": {}},
        }
    )
    assert (
        written(spec)
        == """\
services:
  db:
    image: postgres:16
    volumes:
      - data:/var/lib/postgresql/data
  redis:
    image: redis:7
    command:
      - redis-server
      - --save
      - '60'
      - '1'
  web:
    image: shop/web:1.1
    environment:
      LOG_LEVEL: debug
      'ON': 'yes'
      WORKERS: '4'
    ports:
      - '8080:8000'
    expose:
      - '9000'
    depends_on:
      db:
        condition: service_healthy
      redis:
        condition: service_started
    healthcheck:
      test:
        - CMD-SHELL
        - curl -f localhost:8000
      interval: 5s
    restart: unless-stopped
volumes:
  data:
"""
    )


def test_order_of_a_document_does_not_show() -> None:
    spec = app({"env": {"A": "1", "B": "2"}, "labels": {"x": "1", "y": "2"}}, volumes={"a": {}, "b": {}})
    other = app({"labels": {"y": "2", "x": "1"}, "env": {"B": "2", "A": "1"}}, volumes={"b": {}, "a": {}})
    assert to_compose(spec) == to_compose(other)


def test_writing_leaves_the_document_as_it_was() -> None:
    spec = app(
        {"engine": {"deploy": {"mode": "global"}}}, volumes={"data": {"driver": "local", "options": {"o": "bind"}}}
    )
    before = tree(spec).copy()
    assert to_compose(spec) == to_compose(spec)
    assert tree(spec) == before
    assert "driver_opts" not in tree(spec.volumes["data"])


def test_secret_is_demanded_and_never_there() -> None:
    text = written(app({"env": {"URL": "redis://:${PW}@db", "OTHER": "$$PW", "OWN": "${PW:-x}"}}))
    assert "URL: redis://:${PW?" in text
    assert "OTHER: $$PW" in text
    assert "OWN: ${PW:-x}" in text


def test_files_of_a_component_stand_beside_unless_they_hold_a_secret() -> None:
    files = to_compose(
        app(
            {
                "config_files": {
                    "/etc/plain.conf": {"content": "price $5 ${PW}\n", "mode": "0440"},
                    "/etc/dollars.conf": {"content": "$$5", "interpolate": True},
                    "/etc/mixed.conf": {"content": "pw = ${PW}", "interpolate": True},
                    "/run/secrets/pw": {"content": "${PW}", "interpolate": True, "secret": True},
                    "/logo.png": {"content": "iVBORw==", "encoding": "base64"},
                    "/etc/kept": {"external": "kept-there"},
                }
            }
        ),
        secrets=SECRETS,
    )
    assert files["files/web/etc/plain.conf"] == b"price $5 ${PW}\n"
    assert files["files/web/etc/dollars.conf"] == b"$5"
    assert files["files/web/logo.png"] == b"\x89PNG"
    assert sorted(files) == [
        "compose.yaml",
        *sorted(f"files/web/{path}" for path in ("etc/dollars.conf", "etc/plain.conf", "logo.png")),
    ]
    text = files["compose.yaml"].decode()
    assert "mode: 0440" in text
    assert "environment: PW" in text
    assert "content: pw = ${PW?" in text
    assert "name: kept-there" in text


def test_files_never_leave_the_folder() -> None:
    files = to_compose(app({"config_files": {"/../../etc/passwd": {"content": "x"}, "/a b/ü": {"content": "y"}}}))
    assert set(files) == {"compose.yaml", "files/web/etc/passwd", "files/web/a b/ü"}


@pytest.mark.parametrize(
    "component",
    [
        {"name": "Web shop", "kind": "job", "run": "pre_upgrade", "data_compatible": True},
        {"health_gate": {"deadline": "10m"}},
        {"probes": {"readiness": {"http": {"port": 80}}, "liveness": {"tcp": 80}}},
        {"probes": {"readiness": {"command": ["true"]}, "liveness": {"http": {"port": 80, "path": "/x"}}}},
        {"probes": {"startup": {"shell": "true", "retries": 3}}},
        {"engine": {"x-uplift": {"digest": "hmac:1"}, "x-other": [1, {"a": None}]}, "name": "Web"},
        {"mounts": {"/run": {"kind": "tmpfs", "size": 1024, "mode": "1777", "options": {"flags": "noexec"}}}},
        {"mounts": {"/a:b": {"kind": "host", "source": "/c", "options": {"create_host_path": False}}}},
        {"ports": {"80/tcp": {"": {}, "8000-8010": {}, "[::1]:80": {"mode": "host"}, "127.0.0.1:": {}}}},
        {"command": [], "entrypoint": ["a", ""]},
        {"env": {"odd $$ name": "x", "NULL": None, "LINES": "a\n  b\n\n", "TRAIL": "a \nb", "TAB": "\ta\n"}},
        {
            "replicas": 0,
            "resources": {"cpu_limit": 0.5, "memory_limit": 5, "pids_limit": 3, "devices": [{"capabilities": ["gpu"]}]},
        },
    ],
)
def test_what_compose_has_no_word_for_comes_back(component: dict[str, Any]) -> None:
    spec = app(component)
    repeated = read_compose(to_compose(spec), "compose.yaml", b"").spec
    assert tree(repeated.components["web"]) == tree(spec.components["web"])


def test_names_with_references_are_written_where_compose_fills_them_in() -> None:
    spec = app({"env": {"${PREFIX}_A": "1", "B": None}, "labels": {"a.$$x": "1"}})
    text = written(spec)
    assert "- ${PREFIX}_A=1" in text
    assert "a.$x: '1'" in text
    assert tree(read_compose(to_compose(spec), "compose.yaml").spec.components["web"]) == tree(spec.components["web"])
