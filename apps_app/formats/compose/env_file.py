"""`.env` files as Compose reads them: quotes, escapes, comments, `export`, references to earlier names."""

import re
from collections.abc import Mapping

from apps_app.formats.compose.errors import refuse
from templates_app.appspec.interpolation.syntax import TextError, plain

_START = re.compile(r"(?:\s+|#[^\n]*)*")
_NAME = re.compile(r"(?:export[ \t]+)?(?P<name>[\w.\-\[\] \t]*?)[ \t\r]*(?P<end>[=:\n]|$)[ \t\r]*")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_ESCAPE = re.compile(r"""\\([abcfnrtv$"\\]|0\d{0,3})""")
_ESCAPED = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
    "$": "$$",
}


def read_env(
    file: str,
    content: bytes,
    outer: Mapping[str, str] | None = None,
    *,
    earlier: Mapping[str, str] | None = None,
    raw: bool = False,
) -> dict[str, str]:
    """Return the names and values of a file.

    A reference takes its value from `outer`, else from a line above it, else from `earlier`: the names of the files
    that are read before this one. A name without `=` takes its value from `outer`, or is left out. With `raw`, values
    are not interpreted. Raises ComposeError with the line.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise refuse("", f"{file} is not UTF-8 text") from error
    return _raw(text) if raw else _read(file, text, outer or {}, earlier or {})


def _raw(text: str) -> dict[str, str]:
    lines = (line.strip() for line in text.split("\n"))
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value for name, _, value in pairs}


def _read(file: str, text: str, outer: Mapping[str, str], earlier: Mapping[str, str]) -> dict[str, str]:
    result: dict[str, str] = {}
    at = _skip(text, 0)
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        match = _NAME.match(text, at)
        if match is None or not match["name"] or " " in match["name"]:
            shown = text[at:].split("\n", maxsplit=1)[0][:40].partition("=")[0]
            raise refuse("", f"{file}, line {line}: '{shown}' is not a name followed by '='")
        name, at = match["name"], match.end()
        if match["end"] in ("\n", ""):
            result |= {name: outer[name]} if name in outer else {}
        else:
            try:
                result[name], at = _value(text, at, {**earlier, **result, **outer})
            except TextError as error:
                raise refuse("", f"{file}, line {line}: {error}") from error
        at = _skip(text, at)
    return result


def _skip(text: str, at: int) -> int:
    match = _START.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, values: Mapping[str, str]) -> tuple[str, int]:
    if text[at : at + 1] in ("'", '"'):
        match = _QUOTED.match(text, at)
        if match is None:
            raise TextError("a quote is not closed")
        if match[1] is not None:
            return match[1].replace("\\'", "'"), match.end()
        return plain(_unescaped(match[2]), values), match.end()
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return plain(text[at:end].split(" #", maxsplit=1)[0].rstrip(), values), end


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1]) or _character(match), text)


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 8)) if match[1].startswith("0") and len(match[1]) == 4 else match[0]
