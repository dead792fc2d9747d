"""The credentials that stand in a document, each with its place, a name for its parameter, and the reason."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.spec.component import ComponentSpec, Record
from templates_app.spec.credentials import find_credential, literal_text, looks_like_credential
from templates_app.spec.model import AppSpec
from templates_app.spec.places import place
from templates_app.spec.rewrite import Path, texts
from templates_app.spec.text import TextError, names

_COMMANDS = frozenset({"command", "entrypoint"})
_OPTION = re.compile(r"^--?([\w-]+)(?:=(.+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suspect:
    """What looks like a credential: its place from the root, the name its parameter would have, and why."""

    path: Path
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    wanted: str
    value: str
    reason: str


def credentials(spec: AppSpec) -> tuple[Suspect, ...]:
    """Everything in the document that looks like a credential, parameters first. Equal ones share a name."""
    found = [*_in_parts(spec), *_in_files(spec)]
    known = dict(_in_parameters(spec))
    for one in _behind_references(spec):
        known.setdefault(one.path, one)
    chosen = _Names(spec)
    literal = (Suspect(one.path, chosen.name(one), one.reason) for one in sorted(found, key=_whole_first))
    return (*known.values(), *literal)


def name_at(part: Record, path: Path) -> str:
    """The name under which a text stands: its key in a map, or the option before it on a command line."""
    if path[0] not in _COMMANDS or not isinstance(part, ComponentSpec):
        return path[-1]
    line, index = getattr(part, path[0]), int(path[-1])
    before = _OPTION.match(line[index - 1]) if index else None
    return before[1] if before is not None and before[2] is None else ""


class _Names:
    """Gives each value one name, and each name one value."""

    def __init__(self, spec: AppSpec) -> None:
        self.by_value: dict[str, str] = {}
        self.taken = set(spec.parameters)

    def name(self, one: _Found) -> str:
        if one.wanted.endswith("_PASSWORD") and one.value in self.by_value:
            return self.by_value[one.value]
        free = [one.wanted, _parameter_name(f"{one.path[1]}_{one.wanted}")]
        same = next((name for name in free if self.by_value.get(one.value) == name), None)
        name = same or next(name for name in _numbered(free) if name not in self.taken)
        self.taken.add(name)
        self.by_value.setdefault(one.value, name)
        return name


def _numbered(names: list[str]) -> Iterator[str]:
    yield from names
    number = 2
    while True:
        yield f"{names[-1]}_{number}"
        number += 1


def _whole_first(one: _Found) -> bool:
    """Names of their own come first, so that a URL finds the password that it shares."""
    return one.path[-1].upper() != one.wanted


def _in_parameters(spec: AppSpec) -> Iterator[tuple[Path, Suspect]]:
    for name, parameter in spec.parameters.items():
        value = (parameter.default or "").replace("$", "$$")
        reason = None if parameter.secret else looks_like_credential(name, value)
        if reason:
            path = ("parameters", name)
            yield path, Suspect(path, name, reason)


def _behind_references(spec: AppSpec) -> Iterator[Suspect]:
    """Parameters that are not secret and stand where a credential would."""
    for path, name, text in _texts(spec):
        found = find_credential(name, text)
        if found is None or not found.reason:
            continue
        for referred in sorted(_referred(text[found.start : found.end])):
            parameter = spec.parameters.get(referred)
            if parameter is not None and not parameter.secret and (parameter.default or literal_text(text)):
                yield Suspect(("parameters", referred), referred, f"{place(path)} gets it: {found.reason}")


def _in_parts(spec: AppSpec) -> Iterator[_Found]:
    for path, name, text in _texts(spec):
        found = find_credential(name, text)
        if found is None:
            continue
        value = text[found.start : found.end]
        if not _referred(value) and literal_text(value):
            whole = len(value) == len(text)
            wanted = _parameter_name(name or path[1])
            yield _Found(path, wanted if whole else f"{wanted}_PASSWORD", value, found.reason)


def _in_files(spec: AppSpec) -> Iterator[_Found]:
    for key, component in spec.components.items():
        for file, config in component.config_files.items():
            if config.encoding != "text" or (config.interpolate and _referred(config.content)):
                continue
            private = "PRIVATE KEY-----" in config.content
            if config.content and (config.secret or private):
                path = ("components", key, "config_files", file, "content")
                wanted = _parameter_name(posixpath.basename(file))
                yield _Found(path, wanted, config.content, "a private key" if private else "it is a secret file")


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
