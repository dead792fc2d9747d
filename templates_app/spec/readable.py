"""A component's document for people: each field that says something, by its label."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from templates_app.spec.change import shown
from templates_app.spec.component import ComponentSpec, ConfigFile, Mount, Probe
from templates_app.spec.dump import tree
from templates_app.spec.shape import component_shape

APART = frozenset({"config_files", "depends_on"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: a text, or several named ones."""

    label: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FileFact:
    """One config file; binary content and what the target keeps itself is not shown."""

    path: str
    about: str
    content: str


def facts(component: ComponentSpec) -> tuple[Fact, ...]:
    """Everything the component says beside its config files and dependencies, in the order of the document."""
    plain, shape = tree(component), component_shape()
    special = {"mounts": _mounts(component), "probes": _probes(component)}
    return tuple(
        Fact(shape.fields[name].label, rows=special[name])
        if name in special
        else _fact(shape.fields[name].label, plain[name])
        for name in ComponentSpec.model_fields
        if name in plain and name not in APART
    )


def config_files(component: ComponentSpec) -> tuple[FileFact, ...]:
    """Its config files, by path."""
    return tuple(
        FileFact(path, ", ".join(_about(file)), "" if file.encoding == "base64" or file.secret else file.content)
        for path, file in sorted(component.config_files.items())
    )


def _fact(label: str, value: JsonValue) -> Fact:
    if isinstance(value, list):
        return Fact(label, shlex.join(str(one) for one in value) if value else "none")
    if isinstance(value, Mapping):
        return Fact(label, rows=tuple(_rows(value)))
    return Fact(label, shown(value))


def _rows(value: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for name in sorted(value):
        one = value[name]
        if isinstance(one, Mapping) and set(one) <= {"", *one} and not any(one.values()):
            yield name, ", ".join(key or "any" for key in sorted(one))
        elif isinstance(one, list):
            yield name, shlex.join(str(item) for item in one)
        else:
            yield name, "" if one in ({}, None) else shown(one)


def _mounts(component: ComponentSpec) -> tuple[tuple[str, str], ...]:
    return tuple((path, mount_words(mount)) for path, mount in sorted(component.mounts.items()))


def mount_words(mount: Mount) -> str:
    """ "volume data, read only"."""
    words = [mount.kind, mount.source or ("of its own" if mount.kind == "volume" else "")]
    words += ["read only"] if mount.read_only is True else []
    words += [f"size {mount.size}"] if mount.size is not None else []
    words += [f"mode {mount.mode}"] if mount.mode is not None else []
    return ", ".join([" ".join(filter(None, words[:2])), *words[2:]])


def _probes(component: ComponentSpec) -> tuple[tuple[str, str], ...]:
    return tuple((kind, probe_words(probe)) for kind, probe in sorted(component.probes.items()))


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
