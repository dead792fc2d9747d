"""A component's document for people: each field that says something, by its label."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from templates_app.appspec.diff.field_change import shown
from templates_app.appspec.interpolation.render import parameters_at
from templates_app.appspec.interpolation.syntax import TextError
from templates_app.appspec.schema.component import ComponentSpec, ConfigFile, Mount, Probe
from templates_app.appspec.schema.schema_tree import component_shape
from templates_app.appspec.schema.serialize import tree

PASSED_ON = "passed on from the host"
APART = frozenset({"config_files", "depends_on"})


class FactRow(NamedTuple):
    """One entry of a field that has several; `where` names the parameters it gets its text from.

    `url` is where a page lets one make a parameter of it.
    """

    name: str
    text: str
    where: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One field, called `name` in the document: a text, or several named ones."""

    label: str
    text: str = ""
    rows: tuple[FactRow, ...] = ()
    where: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FileFact:
    """One config file; binary content and what the target keeps itself is not shown."""

    path: str
    about: str
    content: str


def facts(component: ComponentSpec, written: ComponentSpec | None = None) -> tuple[Fact, ...]:
    """Everything the component says beside its config files and dependencies, in the order of the document.

    `component` is rendered; `written` is the same with its references, to name the parameters that texts come from.
    """
    plain, shape = tree(component), component_shape()
    return tuple(
        _fact(component, written, name, shape.fields[name].label, plain[name])
        for name in ComponentSpec.model_fields
        if name in plain and name not in APART
    )


def config_files(component: ComponentSpec) -> tuple[FileFact, ...]:
    """Its config files, by path."""
    return tuple(
        FileFact(path, ", ".join(_about(file)), "" if file.encoding == "base64" or file.secret else file.content)
        for path, file in sorted(component.config_files.items())
    )


def dependencies(component: ComponentSpec) -> tuple[FactRow, ...]:
    """The components that it needs, each with what must be true of it."""
    return tuple(
        FactRow(key, f"{how.condition}{', if it is there' if how.required is False else ''}")
        for key, how in sorted(component.depends_on.items())
    )


def mount_words(mount: Mount) -> str:
    """ "volume data, read only"."""
    words = [mount.kind, mount.source or ("of its own" if mount.kind == "volume" else "")]
    words += ["read only"] if mount.read_only is True else []
    words += [f"size {mount.size}"] if mount.size is not None else []
    words += [f"mode {mount.mode}"] if mount.mode is not None else []
    return ", ".join([" ".join(filter(None, words[:2])), *words[2:]])


def probe_words(probe: Probe) -> str:
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
    return ", ".join([_what(probe), *(f"{word} {value}" for word, value in timing.items() if value is not None)])


def _fact(component: ComponentSpec, written: ComponentSpec | None, field: str, label: str, value: JsonValue) -> Fact:
    rows = _rows(component, field, value)
    if rows is None:
        return Fact(label, _line(value), where=_where(written, (field,)), name=field)
    entries = tuple(FactRow(name, text, _where(written, (field, name))) for name, text in rows)
    return Fact(label, rows=entries, name=field)


def _rows(component: ComponentSpec, field: str, value: JsonValue) -> list[tuple[str, str]] | None:
    if field == "mounts":
        return [(path, mount_words(mount)) for path, mount in sorted(component.mounts.items())]
    if field == "probes":
        return [(kind, probe_words(probe)) for kind, probe in sorted(component.probes.items())]
    if field == "ports":
        return [(port, ports_words(list(bindings))) for port, bindings in sorted(component.ports.items())]
    if field == "env":
        return [(name, PASSED_ON if text is None else shown(text)) for name, text in sorted(component.env.items())]
    if field == "networks" and isinstance(value, Mapping):
        return [(name, text or "joined") for name, text in _entries(value)]
    return list(_entries(value)) if isinstance(value, Mapping) else None


def ports_words(bindings: list[str]) -> str:
    """ "published as 8080, any free port", or "not published"."""
    if not bindings:
        return "not published"
    return f"published as {', '.join(binding or 'any free port' for binding in sorted(bindings))}"


def _line(value: JsonValue) -> str:
    if isinstance(value, list):
        return shlex.join(str(item) for item in value) if value else "none"
    return shown(value)


def _entries(value: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for name in sorted(value):
        other_value = value[name]
        if isinstance(other_value, list):
            yield name, shlex.join(str(item) for item in other_value)
        else:
            yield name, "" if other_value in ({}, None) else shown(other_value)


def _where(written: ComponentSpec | None, path: tuple[str, ...]) -> str:
    try:
        names = parameters_at(written, path) if written is not None else ()
    except TextError:
        return ""
    return f"from {', '.join(sorted(names))}" if names else ""


def _what(probe: Probe) -> str:
    if probe.http is not None:
        return f"GET {probe.http.scheme} port {probe.http.port} {probe.http.path}"
    if probe.tcp is not None:
        return f"TCP port {probe.tcp}"
    return probe.shell or shlex.join(probe.command or ())


def _about(file: ConfigFile) -> Iterator[str]:
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
