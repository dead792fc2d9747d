from dataclasses import dataclass
from enum import StrEnum

from templates_app.appspec.schema.errors import Fault, SpecError


class ComposeError(SpecError):
    """Compose files that cannot be read, or that Compose itself would refuse; `faults` holds all of it."""


def refuse(path: str, message: str) -> ComposeError:
    """One fault as an error."""
    return ComposeError([Fault(path, message)])


class NoticeSeverity(StrEnum):
    """How much a notice matters."""

    LOST = "lost"
    """Something was not imported."""
    CHANGED = "changed"
    """It was carried in another form."""
    OPEN = "open"
    """It was carried, and needs something before it can run."""
    KEPT = "kept"
    """It was carried; something about it is worth knowing."""


@dataclass(frozen=True, slots=True, order=True)
class ImportNotice:
    """One thing to know about an import: where, what, and what to do. `service` is empty for the whole application."""

    service: str
    key: str
    message: str
    action: str = ""
    weight: NoticeSeverity = NoticeSeverity.KEPT

    def __str__(self) -> str:
        place = ".".join(filter(None, [self.service, self.key]))
        return ": ".join(filter(None, [place, self.message])) + (f". {self.action}" if self.action else "")


@dataclass(frozen=True, slots=True)
class ImportAdvice:
    """Each is the beginning of a sentence. `give`: while the import is refused; `file`, `folder`: once it is done."""

    give: str
    file: str
    folder: str
    value: str

    def missing(self, path: str) -> str:
        """For something that is mounted and was not given; what has no ending is taken for a folder."""
        return self.file if "." in path.rpartition("/")[2].lstrip(".") else self.folder


BY_COMMAND = ImportAdvice(
    give="put it beside the Compose file",
    file="Import again with it beside the Compose file",
    folder="Import again from the folder that holds it",
    value="Give {name} a value in the .env file, or under Settings",
)
ON_PAGE = ImportAdvice(
    give="add it under “Referenced files”",
    file="Import again, and add it under “Referenced files”",
    folder="Browsers cannot upload folders. Use the import_compose command in that folder",
    value="Give {name} a value under Settings",
)
