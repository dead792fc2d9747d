"""Find credentials in a document."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from templates_app.appspec.interpolation.syntax import TextError, find_names, substitute_all
from templates_app.appspec.interpolation.text_rewriter import Path, find_texts
from templates_app.appspec.presentation.path_labels import describe_path
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.errors import join_path
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.secrets.credential_patterns import (
    ATTACHED,
    find_credential,
    get_literal_text,
    has_password_option,
    is_credential_name,
    looks_like_credential,
)
from templates_app.appspec.secrets.secret_occurrences import find_occurrences

_COMMANDS = frozenset({"command", "entrypoint"})
_OPTION = re.compile(r"^--?([\w-]+)(?:=(.+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CredentialFinding:
    """A possible credential: its path, suggested parameter name and reason. `same` is the value if only another
    occurrence identifies it."""

    path: Path
    name: str
    reason: str
    same: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        return join_path(self.path)

    @property
    def place(self) -> str:
        return describe_path(self.path)

    @property
    def is_parameter(self) -> bool:
        return self.path[0] == "parameters"

    def named_in(self, names: Iterable[str]) -> bool:
        """Return whether the finding is named by its path, its parameter or the last part of its path."""
        return not {self.address, self.name, self.path[-1]}.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    wanted: str
    value: str
    reason: str


def find_credentials(spec: AppSpec, sealed: Mapping[str, str] | None = None) -> tuple[CredentialFinding, ...]:
    """Return all possible credentials, parameters first. Equal values share a name. `sealed` are values of existing
    secret parameters by name."""
    result = [*_scan_parts(spec), *_scan_files(spec)]
    parameters = dict(_scan_parameters(spec))
    for finding in _scan_references(spec):
        parameters.setdefault(finding.path, finding)
    chosen = _Names(
        spec, _collect_values(spec, parameters.values()) | {value: name for name, value in (sealed or {}).items()}
    )
    literal = [CredentialFinding(item.path, chosen.name(item), item.reason) for item in sorted(result, key=_sort_key)]
    return (*parameters.values(), *literal, *_find_repeats(spec, chosen.by_value, {item.path for item in result}))


def drop_value(spec: AppSpec) -> tuple[CredentialFinding, ...]:
    """Return non-secret parameters without a value that are credentials by name or use."""
    unset = [name for name, parameter in spec.parameters.items() if not parameter.secret and parameter.default is None]
    result = {
        name: CredentialFinding(("parameters", name), name, f"{name} looks like a credential name")
        for name in unset
        if is_credential_name(name)
    }
    for finding, _ in _find_credential_parameters(spec):
        if finding.name in unset:
            result.setdefault(finding.name, finding)
    return tuple(result[name] for name in unset if name in result)


def suggest_name(part: Record, path: Path) -> str:
    """Return the name of a text: its map key or the preceding command-line option; `ATTACHED` after a program that
    takes its password that way."""
    if not isinstance(part, ComponentSpec) or (line := _get_line(part, path)) is None:
        return path[-1]
    index = int(path[-1])
    before = _OPTION.match(line[index - 1]) if index else None
    if line[index].startswith("-p") and any(map(has_password_option, _count_before(part, path, line[:index]))):
        return ATTACHED
    return before[1] if before is not None and before[2] is None else ""


def _get_line(part: ComponentSpec, path: Path) -> tuple[str, ...] | None:
    if path[0] in _COMMANDS:
        return part.entrypoint if path[0] == "entrypoint" else part.command
    if path[0] == "probes" and path[2] == "command":
        return next((probe.command for kind, probe in part.probes.items() if kind == path[1]), None)
    return None


def _count_before(part: ComponentSpec, path: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    return (*(part.entrypoint or ()), *words) if path[0] == "command" else words


class _Names:
    """Assigns each value one name, and each name one value."""

    def __init__(self, spec: AppSpec, by_value: dict[str, str]) -> None:
        self.by_value = by_value
        self.taken = {*spec.parameters, *by_value.values()}

    def name(self, item: _Found) -> str:
        if item.value not in self.by_value:
            free = [item.wanted, _suggest_parameter_name(f"{item.path[1]}_{item.wanted}")]
            self.by_value[item.value] = next(name for name in _number_name(free) if name not in self.taken)
            self.taken.add(self.by_value[item.value])
        return self.by_value[item.value]


def _number_name(names: list[str]) -> Iterator[str]:
    yield from names
    number = 2
    while True:
        yield f"{names[-1]}_{number}"
        number += 1


def _sort_key(item: _Found) -> bool:
    """Sort findings with their own name first, so that a URL reuses the name of the password it contains."""
    return item.path[-1].upper() != item.wanted


def _collect_values(spec: AppSpec, parameters: Iterable[CredentialFinding]) -> dict[str, str]:
    defaults = ((spec.parameters[finding.name].default, finding.name) for finding in parameters)
    return {value: name for value, name in defaults if value}


def _find_repeats(
    spec: AppSpec, by_value: Mapping[str, str], abstract_set: AbstractSet[Path]
) -> Iterator[CredentialFinding]:
    """Return further occurrences of values that are known to be secret."""
    for path, value in find_occurrences(spec, by_value):
        if path not in abstract_set:
            yield CredentialFinding(path, by_value[value], f"same value as {by_value[value]}", value)


def _scan_parameters(spec: AppSpec) -> Iterator[tuple[Path, CredentialFinding]]:
    for name, parameter in spec.parameters.items():
        value = (parameter.default or "").replace("$", "$$")
        reason = None if parameter.secret else looks_like_credential(name, value)
        if reason:
            path = ("parameters", name)
            yield path, CredentialFinding(path, name, reason)


def _scan_references(spec: AppSpec) -> Iterator[CredentialFinding]:
    """Return non-secret parameters that are used where a credential is expected."""
    for finding, text in _find_credential_parameters(spec):
        if spec.parameters[finding.name].default or get_literal_text(text):
            yield finding


def _find_credential_parameters(spec: AppSpec) -> Iterator[tuple[CredentialFinding, str]]:
    for path, name, text in _list_texts(spec):
        span = find_credential(name, text)
        if span is None or not span.reason:
            continue
        for referred in sorted(_referenced_names(text[span.start : span.end])):
            parameter = spec.parameters.get(referred)
            if parameter is not None and not parameter.secret:
                yield (
                    CredentialFinding(
                        ("parameters", referred), referred, f"{describe_path(path)} uses it: {span.reason}"
                    ),
                    text,
                )


def _scan_parts(spec: AppSpec) -> Iterator[_Found]:
    for path, name, text in _list_texts(spec):
        span = find_credential(name, text)
        if span is None:
            continue
        value = text[span.start : span.end]
        if not _referenced_names(value) and get_literal_text(value):
            is_complete = len(value) == len(text)
            desired = _suggest_parameter_name(span.name or (name if len(name) > 1 else path[1]))
            named = is_complete or span.name
            yield _Found(path, desired if named else f"{desired}_PASSWORD", substitute_all(value, {}), span.reason)


def _scan_files(spec: AppSpec) -> Iterator[_Found]:
    for key, component in spec.components.items():
        for file, config in component.config_files.items():
            if config.encoding != "text" or (config.interpolate and _referenced_names(config.content)):
                continue
            private = "PRIVATE KEY-----" in config.content
            if config.content and (config.secret or private):
                path = ("components", key, "config_files", file, "content")
                desired = _suggest_parameter_name(posixpath.basename(file))
                value = substitute_all(config.content, {}) if config.interpolate else config.content
                yield _Found(path, desired, value, "a private key" if private else "secret file")


def _list_texts(spec: AppSpec) -> Iterator[tuple[Path, str, str]]:
    for section in ("components", "volumes", "networks"):
        for key, part in getattr(spec, section).items():
            for path, text in find_texts(part, keys=False):
                if path[0] != "config_files":
                    yield (section, key, *path), suggest_name(part, path), text


def _referenced_names(text: str) -> frozenset[str]:
    try:
        return find_names(text)
    except TextError:
        return frozenset()


def _suggest_parameter_name(text: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_") or "SECRET"
    return name if not name[0].isdigit() else f"_{name}"
