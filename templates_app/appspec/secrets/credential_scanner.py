"""The credentials that stand in a document, each with its place, a name for its parameter, and the reason."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from templates_app.appspec.interpolation.syntax import TextError, names, plain
from templates_app.appspec.interpolation.text_rewriter import Path, texts
from templates_app.appspec.presentation.path_labels import place
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import dotted
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.credential_patterns import (
    ATTACHED,
    attaches_password,
    find_credential,
    literal_text,
    looks_like_credential,
    name_says_so,
)
from templates_app.appspec.secrets.secret_occurrences import repeats

_COMMANDS = frozenset({"command", "entrypoint"})
_OPTION = re.compile(r"^--?([\w-]+)(?:=(.+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suspect:
    """What looks like a credential: its place from the root, the name its parameter would have, and why.

    `same` is the value, where only its standing elsewhere as a credential gives it away.
    """

    path: Path
    name: str
    reason: str
    same: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        return dotted(self.path)

    @property
    def place(self) -> str:
        return place(self.path)

    @property
    def is_parameter(self) -> bool:
        return self.path[0] == "parameters"

    def named_in(self, names: Iterable[str]) -> bool:
        """Whether it is named: by its place, its parameter, or the last part of its place (a variable's name)."""
        return not {self.address, self.name, self.path[-1]}.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    wanted: str
    value: str
    reason: str


def credentials(spec: AppSpec, sealed: Mapping[str, str] | None = None) -> tuple[Suspect, ...]:
    """Everything in the document that looks like a credential, parameters first. Equal ones share a name.

    `sealed`: values of secret parameters that were moved out before, by name; the same again is one of them.
    """
    result = [*_in_parts(spec), *_in_files(spec)]
    parameters = dict(_in_parameters(spec))
    for finding in _behind_references(spec):
        parameters.setdefault(finding.path, finding)
    chosen = _Names(
        spec, _values_of(spec, parameters.values()) | {value: name for name, value in (sealed or {}).items()}
    )
    suspects = [Suspect(item.path, chosen.name(item), item.reason) for item in sorted(result, key=_whole_first)]
    return (*parameters.values(), *suspects, *_again(spec, chosen.by_value, {item.path for item in result}))


def without_value(spec: AppSpec) -> tuple[Suspect, ...]:
    """Parameters that are not secret, have no value yet, and are credentials by their name or by where they stand."""
    unset = [name for name, parameter in spec.parameters.items() if not parameter.secret and parameter.default is None]
    result = {
        name: Suspect(("parameters", name), name, f"{name} is the name of a credential")
        for name in unset
        if name_says_so(name)
    }
    for finding, _ in _standing_for_credentials(spec):
        if finding.name in unset:
            result.setdefault(finding.name, finding)
    return tuple(result[name] for name in unset if name in result)


def name_at(part: Record, path: Path) -> str:
    """The name under which a text stands: its key in a map, or the option before it on a command line.

    `ATTACHED` behind a program that takes its password so.
    """
    if not isinstance(part, ComponentSpec) or (line := _line(part, path)) is None:
        return path[-1]
    index = int(path[-1])
    before = _OPTION.match(line[index - 1]) if index else None
    if line[index].startswith("-p") and any(map(attaches_password, _run_before(part, path, line[:index]))):
        return ATTACHED
    return before[1] if before is not None and before[2] is None else ""


def _line(part: ComponentSpec, path: Path) -> tuple[str, ...] | None:
    if path[0] in _COMMANDS:
        return part.entrypoint if path[0] == "entrypoint" else part.command
    if path[0] == "probes" and path[2] == "command":
        return next((probe.command for kind, probe in part.probes.items() if kind == path[1]), None)
    return None


def _run_before(part: ComponentSpec, path: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    return (*(part.entrypoint or ()), *words) if path[0] == "command" else words


class _Names:
    """Gives each value one name, and each name one value."""

    def __init__(self, spec: AppSpec, by_value: dict[str, str]) -> None:
        self.by_value = by_value
        self.taken = {*spec.parameters, *by_value.values()}

    def name(self, item: _Found) -> str:
        if item.value not in self.by_value:
            free = [item.wanted, _parameter_name(f"{item.path[1]}_{item.wanted}")]
            self.by_value[item.value] = next(name for name in _numbered(free) if name not in self.taken)
            self.taken.add(self.by_value[item.value])
        return self.by_value[item.value]


def _numbered(names: list[str]) -> Iterator[str]:
    yield from names
    number = 2
    while True:
        yield f"{names[-1]}_{number}"
        number += 1


def _whole_first(item: _Found) -> bool:
    """Names of their own come first, so that a URL finds the password that it shares."""
    return item.path[-1].upper() != item.wanted


def _values_of(spec: AppSpec, parameters: Iterable[Suspect]) -> dict[str, str]:
    defaults = ((spec.parameters[finding.name].default, finding.name) for finding in parameters)
    return {value: name for value, name in defaults if value}


def _again(spec: AppSpec, by_value: Mapping[str, str], abstract_set: AbstractSet[Path]) -> Iterator[Suspect]:
    """The values that are known to be secret, where nothing else would give them away."""
    for path, value in repeats(spec, by_value):
        if path not in abstract_set:
            yield Suspect(path, by_value[value], f"it holds the same value as {by_value[value]}", value)


def _in_parameters(spec: AppSpec) -> Iterator[tuple[Path, Suspect]]:
    for name, parameter in spec.parameters.items():
        value = (parameter.default or "").replace("$", "$$")
        reason = None if parameter.secret else looks_like_credential(name, value)
        if reason:
            path = ("parameters", name)
            yield path, Suspect(path, name, reason)


def _behind_references(spec: AppSpec) -> Iterator[Suspect]:
    """Parameters that are not secret and stand where a credential would."""
    for finding, text in _standing_for_credentials(spec):
        if spec.parameters[finding.name].default or literal_text(text):
            yield finding


def _standing_for_credentials(spec: AppSpec) -> Iterator[tuple[Suspect, str]]:
    for path, name, text in _texts(spec):
        span = find_credential(name, text)
        if span is None or not span.reason:
            continue
        for referred in sorted(_referred(text[span.start : span.end])):
            parameter = spec.parameters.get(referred)
            if parameter is not None and not parameter.secret:
                yield Suspect(("parameters", referred), referred, f"{place(path)} gets it: {span.reason}"), text


def _in_parts(spec: AppSpec) -> Iterator[_Found]:
    for path, name, text in _texts(spec):
        span = find_credential(name, text)
        if span is None:
            continue
        value = text[span.start : span.end]
        if not _referred(value) and literal_text(value):
            is_complete = len(value) == len(text)
            desired = _parameter_name(span.name or (name if len(name) > 1 else path[1]))
            named = is_complete or span.name
            yield _Found(path, desired if named else f"{desired}_PASSWORD", plain(value, {}), span.reason)


def _in_files(spec: AppSpec) -> Iterator[_Found]:
    for key, component in spec.components.items():
        for file, config in component.config_files.items():
            if config.encoding != "text" or (config.interpolate and _referred(config.content)):
                continue
            private = "PRIVATE KEY-----" in config.content
            if config.content and (config.secret or private):
                path = ("components", key, "config_files", file, "content")
                desired = _parameter_name(posixpath.basename(file))
                value = plain(config.content, {}) if config.interpolate else config.content
                yield _Found(path, desired, value, "a private key" if private else "it is a secret file")


def _texts(spec: AppSpec) -> Iterator[tuple[Path, str, str]]:
    for section in ("components", "volumes", "networks"):
        for key, part in getattr(spec, section).items():
            for path, text in texts(part, keys=False):
                if path[0] != "config_files":
                    yield (section, key, *path), name_at(part, path), text


def _referred(text: str) -> frozenset[str]:
    try:
        return names(text)
    except TextError:
        return frozenset()


def _parameter_name(text: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_") or "SECRET"
    return name if not name[0].isdigit() else f"_{name}"
