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
    """A text with invalid references, or one that requires a missing value."""

    def __init__(self, message: str, parameter: str = "") -> None:
        self.parameter = parameter
        """Name of the parameter whose value is missing."""
        super().__init__(message)


@lru_cache(maxsize=65536)
def parse_pieces(text: str) -> tuple[Piece, ...]:
    """The text as literal strings (with `$$` already a dollar) and references. Raises TextError."""
    return _scan_pieces(text, 0, depth=0)[0]


def find_references(text: str) -> Iterator[Reference]:
    """Return every reference of the text, including those in arguments of others. Raises TextError."""
    yield from _walk(parse_pieces(text))


def find_names(text: str) -> frozenset[str]:
    """Return the names of the parameters that a text refers to. Raises TextError."""
    return frozenset(reference.name for reference in find_references(text)) if "$" in text else frozenset()


def escape(text: str) -> str:
    """Return a plain string as text of the document, with doubled dollars."""
    return text.replace("$", "$$")


def substitute(text: str, values: Mapping[str, str], retained: frozenset[str] = frozenset()) -> str:
    """The text with each reference replaced; those to names in `keep` stay as they are written.

    The result is text of the document again (its own dollars doubled). Raises TextError where a value is demanded.
    """
    if "$" not in text:
        return text
    return "".join(_text(piece, values, retained) for piece in parse_pieces(text))


def substitute_all(text: str, values: Mapping[str, str]) -> str:
    """Return the text as the target receives it: all references replaced, `$$` as a dollar. Raises TextError."""
    return "".join(_substitute_reference(piece, values) for piece in parse_pieces(text)) if "$" in text else text


def _walk(parts: tuple[Piece, ...]) -> Iterator[Reference]:
    for part in parts:
        if isinstance(part, Reference):
            yield part
            yield from _walk(part.argument)


def _text(piece: Piece, values: Mapping[str, str], retained: frozenset[str]) -> str:
    if isinstance(piece, str):
        return escape(piece)
    if piece.name in retained:
        return _keep_reference(piece, values, retained)
    chosen = _choose_value(piece, values)
    if isinstance(chosen, str):
        return escape(chosen)
    return "".join(_text(part, values, retained) for part in chosen)


def _keep_reference(piece: Reference, values: Mapping[str, str], retained: frozenset[str]) -> str:
    """Return the reference as written, with the references in its argument replaced."""
    if not any(isinstance(part, Reference) for part in piece.argument):
        return piece.source
    argument = "".join(_text(part, values, retained) for part in piece.argument)
    remaining = f"${{{piece.name}{piece.operator}{argument}}}"
    if parse_pieces(remaining)[1:]:
        raise TextError(f"a value with '}}' cannot be used inside '{piece.source}'")
    return remaining


def _substitute_reference(piece: Piece, values: Mapping[str, str]) -> str:
    if isinstance(piece, str):
        return piece
    chosen = _choose_value(piece, values)
    return chosen if isinstance(chosen, str) else "".join(_substitute_reference(part, values) for part in chosen)


def _choose_value(reference: Reference, values: Mapping[str, str]) -> str | tuple[Piece, ...]:
    """Return the value or the fallback argument."""
    value = values.get(reference.name)
    is_provided = bool(value) if reference.operator.startswith(":") else value is not None
    match reference.operator[-1:]:
        case "+":
            return reference.argument if is_provided else ""
        case "-":
            return value if is_provided and value is not None else reference.argument
        case "?" if not is_provided:
            text = "".join(_substitute_reference(part, values) for part in reference.argument)
            raise TextError(f"{reference.name} needs a value" + (f": {text}" if text else ""), reference.name)
    return value or ""


def _scan_pieces(text: str, at: int, *, depth: int) -> tuple[tuple[Piece, ...], int]:
    """Reads up to the end, or inside braces (`depth` of them) up to the closing one."""
    if depth > _DEEPEST:
        raise TextError(f"references are nested too deeply (at most {_DEEPEST} levels)")
    result: list[Piece] = []
    while at < len(text):
        if depth and text[at] == "}":
            return _join_literals(result), at
        if text[at] != "$":
            stop = _find_next_special(text, at, inside=depth > 0)
            result.append(text[at:stop])
            at = stop
            continue
        piece, at = _scan_dollar(text, at, depth)
        result.append(piece)
    if depth:
        raise TextError("unclosed '${'")
    return _join_literals(result), at


def _find_next_special(text: str, at: int, *, inside: bool) -> int:
    ends = [text.find("$", at)] + ([text.find("}", at)] if inside else [])
    return min((end for end in ends if end >= 0), default=len(text))


def _scan_dollar(text: str, at: int, depth: int) -> tuple[Piece, int]:
    name = _NAME.match(text, at + 1)
    if name is not None:
        return Reference(name[0], source=f"${name[0]}"), name.end()
    if text.startswith("$$", at):
        return "$", at + 2
    if not text.startswith("${", at):
        raise TextError(f"'$' at character {at + 1} does not start a reference; write '$$' for a literal dollar sign")
    return _scan_braces(text, at, depth)


def _scan_braces(text: str, at: int, depth: int) -> tuple[Reference, int]:
    name = _NAME.match(text, at + 2)
    if name is None:
        raise TextError(f"'${{' at character {at + 1} is not followed by a name")
    position = name.end()
    operator = next((literal for literal in _OPERATORS if text.startswith(literal, position)), "")
    if not operator and not text.startswith("}", position):
        raise TextError(f"'${{{name[0]}' at character {at + 1} is not closed")
    argument, end = _scan_pieces(text, position + len(operator), depth=depth + 1)
    return Reference(name[0], operator, argument, text[at : end + 1]), end + 1


def _join_literals(result: list[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in result:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def find_fault(path: str, error: TextError) -> SpecError:
    """Return the fault of a text with its path."""
    return SpecError([Fault(path, str(error))])
