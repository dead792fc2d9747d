"""Plurals and lists of names."""

from collections.abc import Sequence


def pluralize(number: int, noun: str) -> str:
    """`1 component`, `3 components`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def join_names(names: Sequence[str], most: int = 4) -> str:
    """`a, b and c`; more than `most` end in `and 7 more`."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
