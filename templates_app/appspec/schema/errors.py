"""Faults of a document, each with its path."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault; `path` is dotted ("components.web.ports.8080/tcp")."""

    path: str
    message: str
    missing_parameter: str = ""
    """Name of the parameter whose missing value is the fault."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SpecError(ValueError):
    """An invalid document, with all its `faults`."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def join_path(path: Iterable[str | int]) -> str:
    """Return a path as dotted text."""
    return ".".join(map(str, path))
