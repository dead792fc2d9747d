"""The settings of a component as labelled facts for pages."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from templates_app.appspec.diff.field_change import format_value
from templates_app.appspec.interpolation.render import find_parameters_at
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.component import ComponentSpec, ConfigFile, Mount, Probe
from templates_app.appspec.schema.schema_tree import get_component_schema
from templates_app.appspec.schema.serialize import to_plain

PASSED_ON = "passed on from the host"
APART = frozenset({"config_files", "depends_on"})


class FactRow(NamedTuple):
    """One entry of a field with several; `where` names the parameters of its text; `url` opens the form that makes it a
    parameter."""

    name: str
    text: str
    where: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ComponentFact:
    """One field of the document: a text, or several named entries."""

    label: str
    text: str = ""
    rows: tuple[FactRow, ...] = ()
    where: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FileFact:
    """One config file; binary and external content is not shown."""

    path: str
    about: str
    content: str


def list_facts(component: ComponentSpec, written: ComponentSpec | None = None) -> tuple[ComponentFact, ...]:
    """Return the facts of a component, without config files and dependencies, in the order of the document. `component`
    is rendered; `written` is unrendered and names the parameters of its texts."""
    plain, shape = to_plain(component), get_component_schema()
    return tuple(
        _build_fact(component, written, name, shape.fields[name].label, plain[name])
        for name in ComponentSpec.model_fields
        if name in plain and name not in APART
    )


def list_config_files(component: ComponentSpec) -> tuple[FileFact, ...]:
    """Return its config files, by path."""
    return tuple(
        FileFact(
            path, ", ".join(_describe_file(file)), "" if file.encoding == "base64" or file.secret else file.content
        )
        for path, file in sorted(component.config_files.items())
    )


def describe_dependencies(component: ComponentSpec) -> tuple[FactRow, ...]:
    """Return the components that it depends on, with the condition of each."""
    return tuple(
        FactRow(key, f"{how.condition}{', optional' if how.required is False else ''}")
        for key, how in sorted(component.depends_on.items())
    )


def describe_mount(mount: Mount) -> str:
    """ "volume data, read only"."""
    words = [mount.kind, mount.source or ("of its own" if mount.kind == "volume" else "")]
    words += ["read only"] if mount.read_only is True else []
    words += [f"size {mount.size}"] if mount.size is not None else []
    words += [f"mode {mount.mode}"] if mount.mode is not None else []
    return ", ".join([" ".join(filter(None, words[:2])), *words[2:]])


def describe_probe(probe: Probe) -> str:
    """ "pg_isready, every 10s, retries 5"."""
    if probe.disabled is True:
        return "switched off"
    timing = {
        "every": probe.interval,
        "time-out": probe.timeout,
        "retries": probe.retries,
        "start period": probe.start_period,
        "start interval": probe.start_interval,
    }
    return ", ".join(
        [_describe_value(probe), *(f"{word} {value}" for word, value in timing.items() if value is not None)]
    )


def _build_fact(
    component: ComponentSpec, written: ComponentSpec | None, field: str, label: str, value: JsonValue
) -> ComponentFact:
    rows = _build_rows(component, field, value)
    if rows is None:
        return ComponentFact(label, _format_line(value), where=_describe_source(written, (field,)), name=field)
    entries = tuple(FactRow(name, text, _describe_source(written, (field, name))) for name, text in rows)
    return ComponentFact(label, rows=entries, name=field)


def _build_rows(component: ComponentSpec, field: str, value: JsonValue) -> list[tuple[str, str]] | None:
    if field == "mounts":
        return [(path, describe_mount(mount)) for path, mount in sorted(component.mounts.items())]
    if field == "probes":
        return [(kind, describe_probe(probe)) for kind, probe in sorted(component.probes.items())]
    if field == "ports":
        return [(port, describe_ports(list(bindings))) for port, bindings in sorted(component.ports.items())]
    if field == "env":
        return [
            (name, PASSED_ON if text is None else format_value(text)) for name, text in sorted(component.env.items())
        ]
    if field == "networks" and isinstance(value, Mapping):
        return [(name, text or "joined") for name, text in _list_entries(value)]
    return list(_list_entries(value)) if isinstance(value, Mapping) else None


def describe_ports(bindings: list[str]) -> str:
    """ "published as 8080, any free port", or "not published"."""
    if not bindings:
        return "not published"
    return f"published as {', '.join(binding or 'any free port' for binding in sorted(bindings))}"


def _format_line(value: JsonValue) -> str:
    if isinstance(value, list):
        return shlex.join(str(item) for item in value) if value else "none"
    return format_value(value)


def _list_entries(value: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for name in sorted(value):
        other_value = value[name]
        if isinstance(other_value, list):
            yield name, shlex.join(str(item) for item in other_value)
        else:
            yield name, "" if other_value in ({}, None) else format_value(other_value)


def _describe_source(written: ComponentSpec | None, path: tuple[str, ...]) -> str:
    try:
        names = find_parameters_at(written, path) if written is not None else ()
    except TextError:
        return ""
    return f"from {', '.join(sorted(names))}" if names else ""


def _describe_value(probe: Probe) -> str:
    if probe.http is not None:
        return f"GET {probe.http.scheme} port {probe.http.port} {probe.http.path}"
    if probe.tcp is not None:
        return f"TCP port {probe.tcp}"
    return probe.shell or shlex.join(probe.command or ())


def _describe_file(file: ConfigFile) -> Iterator[str]:
    if file.external:
        yield f"kept by the target as {file.external}"
    if file.secret:
        yield "secret"
    if file.encoding == "base64":
        yield "binary"
    if file.interpolate:
        yield "holds references"
    if file.mode:
        yield f"mode {file.mode}"
