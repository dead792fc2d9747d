import math
import re
from datetime import datetime

from pydantic import JsonValue

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INFINITIES = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 40
_FIXED_POINT = range(-4, 6)
_DATE = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(?P<time>\d{1,2}:\d\d?:\d\d?)(?P<part>\.\d+)?[ \t]*(?P<zone>Z|[-+]\d\d:\d\d)?)?"
)

type Scalar = str | int | float | bool | None


def typed(text: str) -> Scalar:
    """What an unquoted scalar is: null, true or false, a number, else the text. `yes` and `12:30` are text."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in "+-.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    return _date(text) if _DATE.fullmatch(text) else _number(text)


def _date(text: str) -> str:
    """An unquoted date, as Compose passes it on: `2024-01-01` → `2024-01-01 00:00:00 +0000 UTC`."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    try:
        day = datetime.strptime(f"{match['date']} {match['time'] or '0:0:0'}", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return text
    zone = (match["zone"] or "Z").replace(":", "")
    part = (match["part"] or "").rstrip("0").rstrip(".")
    return f"{day:%Y-%m-%d %H:%M:%S}{part} {'+0000 UTC' if zone == 'Z' else f'{zone} {zone}'}"


def _number(text: str) -> str | int | float:
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        return _integer(digits)
    if _FLOAT.fullmatch(digits):
        return float(digits)
    return _INFINITIES.get(text.lower(), math.nan if text.lower() == ".nan" else text)


def _integer(digits: str) -> int:
    unsigned = digits.lstrip("+-")
    octal = len(unsigned) > 1 and unsigned[0] == "0" and unsigned[1].isdigit()
    value = int(unsigned, 8) if octal else int(unsigned, 0)
    return -value if digits.startswith("-") else value


def as_text(value: Scalar) -> str:
    """The value as Compose writes it where it wants text: `true`, `8080`, `0.5`, `1e+06`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return _float_text(value) if isinstance(value, float) else str(value)


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    digits, exponent = f"{value:.16e}".split("e")
    shortest = repr(value)
    if value == 0:
        return "0"
    if int(exponent) in _FIXED_POINT:
        return shortest.removesuffix(".0") if "e" not in shortest else f"{value:.0f}"
    mantissa = shortest.split("e")[0].removesuffix(".0") if "e" in shortest else digits.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent):+03d}"


def entry_text(value: JsonValue) -> str:
    """An entry of a list, or a value of a map, as text; empty for what is neither text nor number."""
    return "" if isinstance(value, list | dict) else as_text(value)
