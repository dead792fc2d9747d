"""Durations of the document (Go's notation) in seconds, and in the engine's nanoseconds."""

import re

_UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)")


def seconds(text: str) -> float:
    """`1m30s` → 90.0."""
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def nanoseconds(text: str) -> int:
    return round(seconds(text) * 1_000_000_000)


def is_duration(text: str) -> bool:
    return re.fullmatch(rf"(?:{_PART.pattern})+", text) is not None
