"""Every field of a component is carried to the engine, waited for, or objected to by its name: none is lost."""

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any

import pytest
from pydantic import BaseModel

from apps_app.drivers.base import Part
from apps_app.drivers.docker.payload.builder import read_part
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.parse import parse_component
from tests.apps_app.drivers.docker.yard import YARD

SERVICE: dict[str, Any] = {
    "image": "local/uplift-web:1",
    "entrypoint": ["/bin/serve"],
    "command": ["now"],
    "user": "1000",
    "working_dir": "/www",
    "env": {"A": "1"},
    "ports": {"80/tcp": {"8080": {"mode": "host", "name": "web", "app_protocol": "http"}}},
    "mounts": {
        "/data": {"source": "data", "read_only": True, "options": {"nocopy": True}},
        "/tmp": {"kind": "tmpfs", "size": "1m", "mode": "0700"},  # a path in a container
    },
    "config_files": {
        "/etc/a": {"content": "YQ==", "encoding": "base64", "mode": "0400", "uid": "1", "gid": "2", "secret": True},
        "/etc/b": {"content": "$$", "interpolate": True},
        "/etc/c": {"external": "its"},
    },
    "probes": {
        "readiness": {
            "command": ["true"],
            "interval": "2s",
            "timeout": "3s",
            "retries": 4,
            "start_period": "5s",
            "start_interval": "6s",
        },
    },
    "resources": {
        "cpu_limit": 1,
        "cpu_reservation": 0.5,
        "memory_limit": "64m",
        "memory_reservation": "32m",
        "pids_limit": 9,
        "devices": [{"capabilities": ["gpu"], "count": 1}],
    },
    "replicas": 2,
    "networks": {
        "back": {
            "aliases": ["other"],
            "ipv4_address": "10.1.1.1",
            "ipv6_address": "fd00::1",
            "options": {"mac_address": "02:42:ac:11:00:02"},
        }
    },
    "depends_on": {"db": {"condition": "healthy", "required": False, "restart": True}},
    "labels": {"a": "b"},
    "restart": "always",
    "stop": {"signal": "SIGINT", "grace": "3s"},
    "health_gate": {"deadline": "1m", "minimum": "3s"},
    "engine": {"init": True},
}
PROBED = {"probes": {"readiness": {"http": {"path": "/up", "port": 81, "scheme": "https"}}}}
CASES: dict[str, dict[str, Any]] = {
    "a service": SERVICE,
    "a port that is asked": {"image": "a", "probes": {"readiness": {"tcp": 81}}},
    "a page that is asked": {"image": "a", **PROBED},
    "a shell that checks": {"image": "a", "probes": {"liveness": {"shell": "true"}}},
    "no check": {"image": "a", "probes": {"readiness": {"shell": "true", "disabled": True}}},
    "another's network": {"image": "a", "network_mode": "service:web"},
    "a job": {"image": "a", "kind": "job", "run": "pre_upgrade", "name": "Migrate", "data_compatible": True},
}
NOT_THE_ENGINES = {
    "name": "what people call it",
    "run": "when the plan runs it",
    "data_compatible": "what the plan warns of",
    "health_gate.deadline": "the driver's own gate",
    "health_gate.minimum": "the driver's own gate",
    "depends_on.*.condition": "the driver waits for it before it starts the component",
    "depends_on.*.required": "the driver waits for it before it starts the component",
    "config_files.*.secret": "every file is put in as a secret one",
    "ports.*.*.name": "a word for people",
    "ports.*.*.app_protocol": "a word for people",
    "ports.*.*.mode": "of a swarm; on one engine both mean the same",
}
"""Why a field changes nothing that the engine is told."""
OTHERWISE: dict[str, Any] = {
    "probes.*.command": ["false"],
    "probes.*.shell": "false",
    "probes.*.tcp": 82,
    "probes.*.http.port": 82,
}
"""Another value for fields without which there is no component."""


def fields_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every field of the document by its path, with `*` for the key of a map."""
    for name, field in model.model_fields.items():
        path = f"{before}{name}"
        depth, inner = _record_in(field.annotation)
        if inner is None:
            yield path
        else:
            yield from fields_of(inner, f"{path}{'.*' * depth}.")


def _record_in(annotation: Any) -> tuple[int, type[BaseModel] | None]:
    """The part of the document that a field holds, and how many maps deep it lies."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return 0, annotation
    origin, provided = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated or (origin in {UnionType, typing.Union} and type(None) in provided):
        return _record_in(provided[0])
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        depth, inner = _record_in(provided[1])
        return depth + 1, inner
    return 0, None


def changed(message: Any, names: list[str], other: Any) -> Iterator[Any]:
    """The document without the field, or with another value, once for each place where it stands."""
    if not isinstance(message, dict):
        return
    first, *rest = names
    for key in list(message) if first == "*" else [first] if first in message else []:
        if not rest:
            remaining = {name: item for name, item in message.items() if name != key}
            yield remaining if other is None else {**remaining, key: other}
            continue
        for inner in changed(message[key], rest, other):
            yield {**message, key: inner}


def seen(data: Mapping[str, Any]) -> tuple[object, ...]:
    """All that the engine would be told of a component, and all that is objected to."""
    component = parse_component(dict(data))
    volumes = {mount.source: Volume() for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    part = Part(component, "", volumes, {name: Network() for name in component.networks})
    desired, faults = read_part(YARD, "web", part)
    assert desired is not None
    described = {
        field.name: getattr(desired, field.name) for field in dataclasses.fields(desired) if field.name != "component"
    }
    return (*described.values(), desired.labelled(1, ""), desired.platform, desired.is_job, faults)


@pytest.mark.parametrize("field", [*fields_of(ComponentSpec)])
def test_a_field_is_carried_or_objected_to(field: str) -> None:
    others = [
        seen(items) != seen(other)
        for items in CASES.values()
        for other in changed(items, field.split("."), OTHERWISE.get(field))
    ]
    assert others, f"no case says {field}"
    assert any(others) is (field not in NOT_THE_ENGINES)
