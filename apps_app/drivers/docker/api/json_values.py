"""JSON values of the document read as what they have to be.

Each raises ValueError in words, without the value: it may be a secret.
"""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from templates_app.appspec.schema.scalars import bytes_of

_WHOLE = re.compile(r"-?[0-9]+")


def text(value: JsonValue) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("it is no text")
    return str(value)


def whole(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int) or not _WHOLE.fullmatch(str(value)):
        raise ValueError("it is no whole number")
    return int(value)


def number(value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("it is no number")
    try:
        return float(value)
    except ValueError:
        raise ValueError("it is no number") from None


def flag(value: JsonValue) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError("it is neither true nor false")


def size(value: JsonValue) -> int:
    """Bytes; a negative number means no limit."""
    digits = text(value)
    try:
        return int(digits) if _WHOLE.fullmatch(digits) else bytes_of(digits)
    except ValueError:
        raise ValueError("it is no size such as 64m") from None


def texts(value: JsonValue) -> list[JsonValue]:
    return [text(item) for item in (value if isinstance(value, list) else [value])]


def table(value: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(value, dict):
        raise ValueError("it is no map")
    return value


def pairs(value: JsonValue) -> dict[str, JsonValue]:
    """A map of texts, or a list of `name=value`."""
    if isinstance(value, list):
        parts = (text(item).partition("=") for item in value)
        return {name: assigned for name, _, assigned in parts}
    return {name: text(item) for name, item in table(value).items()}


def items(value: JsonValue) -> list[Mapping[str, JsonValue]]:
    if not isinstance(value, list):
        raise ValueError("it is no list")
    return [table(item) for item in value]
