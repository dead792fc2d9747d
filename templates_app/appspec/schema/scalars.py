"""The small types of the document: names, numbers that may still be references, durations, sizes.

Units follow the Compose Specification: sizes in bytes with 1024-based suffixes, durations in Go's notation.
"""

import math
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?b)?$", re.IGNORECASE)
_DURATION = re.compile(r"^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w))+$")
_NUMBER = re.compile(r"^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?\s*$", re.ASCII)
_OCTAL = re.compile(r"^(?:0o)?[0-7]{1,5}$")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def has_reference(text: str) -> bool:
    """Whether a text holds `$…` that rendering would look at."""
    return "$" in text


def _integer(value: Any) -> Any:
    if isinstance(value, str) and not has_reference(value):
        return int(value.strip()) if re.fullmatch(r"\s*-?\d+\s*", value) else _refuse(value, "a whole number")
    return value


def _decimal(value: Any) -> Any:
    if isinstance(value, bool):
        return _refuse(value, "a number")
    if isinstance(value, str) and not has_reference(value):
        return float(value) if _NUMBER.match(value) else _refuse(value, "a number")
    if isinstance(value, float) and not math.isfinite(value):
        return _refuse(value, "a number")
    return float(value) if isinstance(value, int) else value


def _boolean(value: Any) -> Any:
    if isinstance(value, str) and not has_reference(value):
        known = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        return known[value.lower()] if value.lower() in known else _refuse(value, "true or false")
    return value


def bytes_of(text: str) -> int:
    """`512m` → 536870912. Raises ValueError for what is no size."""
    match = _SIZE.match(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a size such as 512m or 2g")
    return int(float(match[1]) * 1024 ** _POWERS[match[2].lower()])


def _size(value: Any) -> Any:
    return bytes_of(value) if isinstance(value, str) and not has_reference(value) else value


def _duration(value: str) -> str:
    if value == "0" or has_reference(value) or _DURATION.match(value):
        return value
    raise ValueError(f"'{value}' is not a duration such as 30s or 1m30s")


def _file_mode(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:04o}"
    if isinstance(value, str) and not has_reference(value):
        return (
            f"{int(value.removeprefix('0o'), 8):04o}" if _OCTAL.match(value) else _refuse(value, "a mode such as 0444")
        )
    return value


def _refuse(value: object, desired: str) -> Any:
    raise ValueError(f"'{value}' is not {desired}")


def _no_equals(value: str) -> str:
    if "=" in value:
        raise ValueError(f"'{value}' holds '='; the name ends before it")
    return value


KEY_PATTERN = r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$"
NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
IN_WORDS = {
    KEY_PATTERN: "letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 63",
    NAME_PATTERN: "letters, digits and '_', not beginning with a digit",
}
"""What a name of each form may hold, for people."""

Text = str
Integer = Annotated[int | str, BeforeValidator(_integer)]
Decimal = Annotated[float | str, BeforeValidator(_decimal)]
Boolean = Annotated[bool | str, BeforeValidator(_boolean)]
Size = Annotated[int | str, BeforeValidator(_size)]
Duration = Annotated[str, AfterValidator(_duration)]
FileMode = Annotated[str, BeforeValidator(_file_mode)]
Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
ParameterName = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=120)]
EnvName = Annotated[str, StringConstraints(min_length=1), AfterValidator(_no_equals)]
MountPath = Annotated[str, StringConstraints(min_length=1)]
