"""What a component has said, as pages show it: the last lines, with dots for every secret that is known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from apps_app.drivers.base import DriverError
from apps_app.models import Application
from config.accounts.sealing.sealed import DOTS

CHOICES = (100, 500, 2000)
_SHORT = 4
"""Values as short as this stand in logs by chance."""


@dataclass(frozen=True, slots=True)
class Logs:
    """`error` says why there are none, and `for_good` that asking again does not help."""

    lines: tuple[str, ...] = ()
    error: str = ""
    for_good: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def mark(self) -> str:
        """Another one whenever there is something new to show."""
        return hashlib.sha256(f"{self.error}\n{self.text}".encode()).hexdigest()[:16]


def read_logs(application: Application, key: str, lines: int) -> Logs:
    """The last lines of a component of an application."""
    target = application.target
    if target is None:
        return Logs(error="It runs nowhere, so there are no logs.", for_good=True)
    try:
        data = tuple(target.driver().logs(application.placement, key, lines))
    except DriverError as error:
        return Logs(error=str(error), for_good=error.permanent)
    hidden = sorted(_secrets(application), key=len, reverse=True)
    return Logs(tuple(_masked(line, hidden) for line in data))


def _secrets(application: Application) -> set[str]:
    values = application.values.filter(secret=True)
    result = {item.reveal() for row in values for item in (row.desired, row.applied) if item is not None}
    return {text for text in result if len(text) > _SHORT}


def _masked(line: str, hidden: list[str]) -> str:
    for text in hidden:
        line = line.replace(text, DOTS)
    return line
