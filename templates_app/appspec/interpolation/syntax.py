"""`${NAME}` in text, by the Compose Specification's rules of interpolation.

Forms: `$NAME`, `${NAME}`, `${NAME:-x}`, `${NAME-x}`, `${NAME:?m}`, `${NAME?m}`, `${NAME:+x}`, `${NAME+x}`; x may hold
references again; `$$` is a dollar sign.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from templates_app.appspec.schema.errors import Fault, SpecError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEEPEST = 50
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${NAME<operator><argument>}`; the argument is text that may hold references itself."""

    name: str
    operator: str = ""
    argument: "tuple[Piece, ...]" = ()
    source: str = ""


type Piece = str | Reference


class TextError(ValueError):
    """A text whose references cannot be read, or one that demands a value and has none."""


@lru_cache(maxsize=65536)
def pieces(text: str) -> tuple[Piece, ...]:
    """The text as literal strings (with `$$` already a dollar) and references. Raises TextError."""
    return _pieces(text, 0, depth=0)[0]


def references(text: str) -> Iterator[Reference]:
    """Every reference of the text, also those inside another's argument. Raises TextError."""
    yield from _walk(pieces(text))


def names(text: str) -> frozenset[str]:
    """The parameters a text refers to. Raises TextError."""
    return frozenset(reference.name for reference in references(text)) if "$" in text else frozenset()


def literal(text: str) -> str:
    """A plain string as text of the document: every dollar doubled."""
    return text.replace("$", "$$")


def substitute(text: str, values: Mapping[str, str], keep: frozenset[str] = frozenset()) -> str:
    """The text with each reference replaced; those to names in `keep` stay as they are written.

    The result is text of the document again (its own dollars doubled). Raises TextError where a value is demanded.
    """
    if "$" not in text:
        return text
    return "".join(_text(piece, values, keep) for piece in pieces(text))


def plain(text: str, values: Mapping[str, str]) -> str:
    """The text as the target gets it: every reference replaced, `$$` a dollar. Raises TextError."""
    return "".join(_plain(piece, values) for piece in pieces(text)) if "$" in text else text


def _walk(parts: tuple[Piece, ...]) -> Iterator[Reference]:
    for part in parts:
        if isinstance(part, Reference):
            yield part
            yield from _walk(part.argument)


def _text(piece: Piece, values: Mapping[str, str], keep: frozenset[str]) -> str:
    if isinstance(piece, str):
        return literal(piece)
    if piece.name in keep:
        return _kept(piece, values, keep)
    chosen = _chosen(piece, values)
    if isinstance(chosen, str):
        return literal(chosen)
    return "".join(_text(part, values, keep) for part in chosen)


def _kept(piece: Reference, values: Mapping[str, str], keep: frozenset[str]) -> str:
    """The reference as it is written, with what its argument refers to replaced."""
    if not any(isinstance(part, Reference) for part in piece.argument):
        return piece.source
    argument = "".join(_text(part, values, keep) for part in piece.argument)
    remaining = f"${{{piece.name}{piece.operator}{argument}}}"
    if pieces(remaining)[1:]:
        raise TextError(f"a value that holds '}}' cannot stand inside '{piece.source}'")
    return remaining


def _plain(piece: Piece, values: Mapping[str, str]) -> str:
    if isinstance(piece, str):
        return piece
    chosen = _chosen(piece, values)
    return chosen if isinstance(chosen, str) else "".join(_plain(part, values) for part in chosen)


def _chosen(reference: Reference, values: Mapping[str, str]) -> str | tuple[Piece, ...]:
    """The value, or the argument that stands in for it."""
    value = values.get(reference.name)
    is_provided = bool(value) if reference.operator.startswith(":") else value is not None
    match reference.operator[-1:]:
        case "+":
            return reference.argument if is_provided else ""
        case "-":
            return value if is_provided and value is not None else reference.argument
        case "?" if not is_provided:
            text = "".join(_plain(part, values) for part in reference.argument)
            raise TextError(f"{reference.name} needs a value" + (f": {text}" if text else ""))
    return value or ""


def _pieces(text: str, at: int, *, depth: int) -> tuple[tuple[Piece, ...], int]:
    """Reads up to the end, or inside braces (`depth` of them) up to the closing one."""
    if depth > _DEEPEST:
        raise TextError(f"references are nested too deeply; at most {_DEEPEST} go")
    result: list[Piece] = []
    while at < len(text):
        if depth and text[at] == "}":
            return _joined(result), at
        if text[at] != "$":
            stop = _next_special(text, at, inside=depth > 0)
            result.append(text[at:stop])
            at = stop
            continue
        piece, at = _dollar(text, at, depth)
        result.append(piece)
    if depth:
        raise TextError("a '${' is not closed")
    return _joined(result), at


def _next_special(text: str, at: int, *, inside: bool) -> int:
    ends = [text.find("$", at)] + ([text.find("}", at)] if inside else [])
    return min((end for end in ends if end >= 0), default=len(text))


def _dollar(text: str, at: int, depth: int) -> tuple[Piece, int]:
    name = _NAME.match(text, at + 1)
    if name is not None:
        return Reference(name[0], source=f"${name[0]}"), name.end()
    if text.startswith("$$", at):
        return "$", at + 2
    if not text.startswith("${", at):
        raise TextError(f"'$' at character {at + 1} starts no reference; write '$$' for a dollar sign")
    return _braced(text, at, depth)


def _braced(text: str, at: int, depth: int) -> tuple[Reference, int]:
    name = _NAME.match(text, at + 2)
    if name is None:
        raise TextError(f"'${{' at character {at + 1} is not followed by a name")
    position = name.end()
    operator = next((symbol for symbol in _OPERATORS if text.startswith(symbol, position)), "")
    if not operator and not text.startswith("}", position):
        raise TextError(f"'${{{name[0]}' at character {at + 1} is not closed")
    argument, end = _pieces(text, position + len(operator), depth=depth + 1)
    return Reference(name[0], operator, argument, text[at : end + 1]), end + 1


def _joined(result: list[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in result:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def fault(path: str, error: TextError) -> SpecError:
    """The error with its place."""
    return SpecError([Fault(path, str(error))])
