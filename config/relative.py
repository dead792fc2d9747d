"""How long ago, or how far ahead, in words."""

from datetime import datetime

STEPS = (
    ("year", 31_557_600),
    ("month", 2_629_800),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)


def format_relative(moment: datetime, now: datetime) -> str:
    """Both aware; the largest whole unit: ``just now``, ``3 minutes ago``, ``in 2 days``."""
    seconds = (now - moment).total_seconds()
    for unit, length in STEPS:
        number = int(abs(seconds) // length)
        if number:
            words = f"{number} {unit}{'s' if number > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"
