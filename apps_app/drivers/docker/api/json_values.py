"""Parsers of JSON values in a spec.

Each raises ValueError with the expected type and without the value, which may be a secret.
"""

import re
from collections.abc import Mapping

import durationpy
from pydantic import JsonValue

from templates_app.appspec.schema.scalars import parse_size

_INTEGER = re.compile(r"-?[0-9]+")


def parse_text(value: JsonValue) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("expected text")
    return str(value)


def parse_integer(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int) or not _INTEGER.fullmatch(str(value)):
        raise ValueError("expected an integer")
    return int(value)


def parse_number(value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("expected a number")
    try:
        return float(value)
    except ValueError:
        raise ValueError("expected a number") from None


def parse_bool(value: JsonValue) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError("expected true or false")


def parse_bytes(value: JsonValue) -> int:
    """Return a size in bytes; a negative number means no limit."""
    text = parse_text(value)
    try:
        return int(text) if _INTEGER.fullmatch(text) else parse_size(text)
    except ValueError:
        raise ValueError("expected a size such as 64m") from None


def parse_text_list(value: JsonValue) -> list[JsonValue]:
    """Return a list of texts; a single text is a list of one."""
    return [parse_text(item) for item in (value if isinstance(value, list) else [value])]


def parse_mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(value, dict):
        raise ValueError("expected a mapping")
    return value


def parse_pairs(value: JsonValue) -> dict[str, JsonValue]:
    """Return a mapping of texts from a mapping or from a list of `name=value`."""
    if isinstance(value, list):
        pairs = (parse_text(item).partition("=") for item in value)
        return {name: text for name, _, text in pairs}
    return {name: parse_text(item) for name, item in parse_mapping(value).items()}


def parse_mapping_list(value: JsonValue) -> list[Mapping[str, JsonValue]]:
    if not isinstance(value, list):
        raise ValueError("expected a list")
    return [parse_mapping(item) for item in value]


# Durations are in Go's notation. durationpy also accepts months and years (`mm`, `y`), which specs do not support, so
# `is_duration` checks the notation itself. Results are exact to a microsecond; engines accept no duration below 1 ms.
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w))+")


def parse_seconds(text: str) -> float:
    """Return a duration ("1m30s") in seconds. Raises ValueError without the text, which may be a secret."""
    try:
        seconds: float = durationpy.from_str(text).total_seconds()
    except durationpy.DurationError:
        raise ValueError("expected a duration such as 30s") from None
    return seconds


def parse_nanoseconds(text: str) -> int:
    """Return a duration in nanoseconds. Raises ValueError."""
    return round(parse_seconds(text) * 1_000_000_000)


def is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text) is not None
