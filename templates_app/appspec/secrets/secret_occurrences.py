"""Find and replace further occurrences of a known secret value."""

import re
from collections.abc import Iterable, Iterator

from templates_app.appspec.interpolation.syntax import Reference, TextError, escape, parse_pieces
from templates_app.appspec.interpolation.text_rewriter import Path, find_texts
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec

_FIELDS = frozenset({"entrypoint", "command", "env", "labels", "probes", "engine"})
_SHORTEST = 6
_KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile(r"\d"), re.compile(r"[^\w./:-]"))


def find_occurrences(spec: AppSpec, values: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Return each place that contains one of the values as a word. Short values, plain words and numbers are skipped."""
    sought = sorted(filter(_is_specific, set(values)), key=len, reverse=True)
    if not sought:
        return
    pattern = _build_word_pattern("|".join(map(re.escape, sought)))
    for key, component in spec.components.items():
        for path, text in _list_places(component):
            for part in _list_document_words(text):
                if match := pattern.search(part):
                    yield ("components", key, *path), match[0]
                    break
        for file, content in _list_raw_files(component):
            if match := pattern.search(content):
                yield ("components", key, "config_files", file, "content"), match[0]


def replace_occurrences(text: str, value: str, name: str) -> str:
    """Replace the value by `${name}` wherever it is a word of the text."""
    return "".join(
        piece.source if isinstance(piece, Reference) else _replace_text(piece, value, name)
        for piece in parse_pieces(text)
    )


def replace_raw_occurrences(content: str, value: str, name: str) -> str:
    """Replace the value in an uninterpolated config file; returns text of the document."""
    return _replace_text(content, value, name)


def _replace_text(plain: str, value: str, name: str) -> str:
    return f"${{{name}}}".join(escape(part) for part in _build_word_pattern(re.escape(value)).split(plain))


def _build_word_pattern(pattern: str) -> re.Pattern[str]:
    """Match whole words only, and values directly after `-p`, as in MySQL clients."""
    return re.compile(rf"(?:(?<![A-Za-z0-9_])|(?<=\s-p)|(?<=\A-p))(?:{pattern})(?![A-Za-z0-9_])")


def _is_specific(value: str) -> bool:
    return len(value) >= _SHORTEST and "\n" not in value and sum(bool(kind.search(value)) for kind in _KINDS) > 1


def _list_places(component: ComponentSpec) -> Iterator[tuple[Path, str]]:
    for path, text in find_texts(component, keys=False):
        if path[0] in _FIELDS or (path[0] == "config_files" and path[-1] == "content"):
            yield path, text


def _list_raw_files(component: ComponentSpec) -> Iterator[tuple[str, str]]:
    for path, file in component.config_files.items():
        if file.encoding == "text" and not file.interpolate and file.content:
            yield path, file.content


def _list_document_words(text: str) -> Iterator[str]:
    try:
        yield from (piece for piece in parse_pieces(text) if isinstance(piece, str))
    except TextError:
        return
