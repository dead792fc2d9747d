"""What can be wrong with a document, every fault at once and each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong at one place; `path` is dotted ("components.web.ports.8080/tcp")."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SpecError(ValueError):
    """A document that cannot be read or does not hold together; `faults` holds all of it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def dotted(path: Iterable[str | int]) -> str:
    """The one spelling of a path for people: its parts joined by dots."""
    return ".".join(map(str, path))
