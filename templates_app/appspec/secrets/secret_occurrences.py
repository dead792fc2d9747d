"""The same secret value again: in a command, a health check, a config file, beside the place that gave it away."""

import re
from collections.abc import Iterable, Iterator

from templates_app.appspec.interpolation.syntax import Reference, TextError, literal, pieces
from templates_app.appspec.interpolation.text_rewriter import Path, texts
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec

_FIELDS = frozenset({"entrypoint", "command", "env", "labels", "probes", "engine"})
_SHORTEST = 6
_KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile(r"\d"), re.compile(r"[^\w./:-]"))


def repeats(spec: AppSpec, values: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Each place of a component that holds one of the values as a word, and which one.

    Values that may well mean something else there (short ones, plain words and numbers) are not looked for.
    """
    sought = sorted(filter(_is_telling, set(values)), key=len, reverse=True)
    if not sought:
        return
    pattern = _as_word("|".join(map(re.escape, sought)))
    for key, component in spec.components.items():
        for path, text in _places(component):
            for part in _own_words(text):
                if match := pattern.search(part):
                    yield ("components", key, *path), match[0]
                    break
        for file, content in _raw_files(component):
            if match := pattern.search(content):
                yield ("components", key, "config_files", file, "content"), match[0]


def without(text: str, value: str, name: str) -> str:
    """A text of the document with `${name}` wherever the value stands as a word."""
    return "".join(
        piece.source if isinstance(piece, Reference) else _replaced(piece, value, name) for piece in pieces(text)
    )


def without_in_raw(content: str, value: str, name: str) -> str:
    """The same for the content of a raw config file, as text of the document."""
    return _replaced(content, value, name)


def _replaced(plain: str, value: str, name: str) -> str:
    return f"${{{name}}}".join(literal(part) for part in _as_word(re.escape(value)).split(plain))


def _as_word(pattern: str) -> re.Pattern[str]:
    """Not inside a longer word, but also right behind `-p`, as the clients of MySQL have it."""
    return re.compile(rf"(?:(?<![A-Za-z0-9_])|(?<=\s-p)|(?<=\A-p))(?:{pattern})(?![A-Za-z0-9_])")


def _is_telling(value: str) -> bool:
    return len(value) >= _SHORTEST and "\n" not in value and sum(bool(kind.search(value)) for kind in _KINDS) > 1


def _places(component: ComponentSpec) -> Iterator[tuple[Path, str]]:
    for path, text in texts(component, keys=False):
        if path[0] in _FIELDS or (path[0] == "config_files" and path[-1] == "content"):
            yield path, text


def _raw_files(component: ComponentSpec) -> Iterator[tuple[str, str]]:
    for path, file in component.config_files.items():
        if file.encoding == "text" and not file.interpolate and file.content:
            yield path, file.content


def _own_words(text: str) -> Iterator[str]:
    try:
        yield from (piece for piece in pieces(text) if isinstance(piece, str))
    except TextError:
        return
