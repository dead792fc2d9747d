"""What an import says: faults that refuse it, and notices of what it could not take as it stands."""

from dataclasses import dataclass
from enum import StrEnum

from templates_app.spec.errors import Fault, SpecError


class ComposeError(SpecError):
    """Compose files that cannot be read, or that Compose itself would refuse; `faults` holds all of it."""


def refuse(path: str, message: str) -> ComposeError:
    """One fault as an error."""
    return ComposeError([Fault(path, message)])


class Weight(StrEnum):
    """How much a notice matters."""

    LOST = "lost"
    """Something was not carried."""
    CHANGED = "changed"
    """It was carried in another form."""
    OPEN = "open"
    """It was carried, and needs something before it can run."""
    KEPT = "kept"
    """It was carried; something about it is worth knowing."""


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One thing to know about an import: where, what, and what to do. `service` is empty for the whole application."""

    service: str
    key: str
    message: str
    action: str = ""
    weight: Weight = Weight.KEPT

    def __str__(self) -> str:
        place = ".".join(filter(None, [self.service, self.key]))
        return ": ".join(filter(None, [place, self.message])) + (f". {self.action}" if self.action else "")
