"""What the walk looks at: each kind of target is read back by its own means, never by what Uplift remembers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from apps_app.models import Application
from config.commands import Failed
from upgrades_app.models import UpgradeRecord


class Look(Protocol):
    """Reads the copy back. Every method yields lines for the printout and raises Failed where something is not so."""

    def before(self, copy: Application) -> Iterator[str]:
        """Keeps what is there before the upgrade."""
        ...

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]: ...

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        """It is as it was before."""
        ...

    def variable(self, application: Application, key: str, name: str) -> str | None: ...


def expect(fact: str, found: object, wanted: object) -> None:
    """Raises Failed, naming the fact, where what was read is not what has to be."""
    if found != wanted:
        raise Failed(f"Not as it should be: {fact} is {found!r}, not {wanted!r}.")
