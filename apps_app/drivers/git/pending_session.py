"""What a session has done and not finished, in one private file beside the repository: a killed process leaves it,
and the next session of the same note takes it up. The work tree sees nothing of it before the end."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from apps_app.drivers.base import Note, Part
from apps_app.drivers.git.atomic_files import append_private, read_private, write_private
from apps_app.drivers.git.component_document import Document


@dataclass(slots=True)
class Stage:
    """Changes by component key (None: removed) in the order they came, and the secret values they brought.

    While *finish* works, `tree` is the folder's tree that it commits and `gone` the files it takes away: a branch
    that holds this tree shows that the commit was made. In the file every change is one line, added to the end.
    """

    path: Path
    note: Note
    changes: dict[str, Document | None] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    committing: bool = False
    tree: str = ""
    gone: frozenset[str] = frozenset()
    begun: bool = False

    @classmethod
    def left_at(cls, path: Path) -> Self | None:
        """What an unfinished session left there; a damaged file counts as nothing, and a last line that was cut off
        as never written. Raises DriverError."""
        content, newline, cut_off = read_private(path).rpartition(b"\n")
        if cut_off and newline:
            write_private(path, content + newline)
        first, *lines = content.split(b"\n")
        try:
            stage = cls(path, Note(**json.loads(first)["note"]), begun=True)
            for line in lines:
                stage._take(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return stage

    def applied(self, key: str, part: Part) -> None:
        """Keeps an applied component. Raises DriverError."""
        self._keep({"key": key, "document": Document.of(part).plain(), "secrets": dict(part.secrets)})

    def removed(self, key: str) -> None:
        """Keeps that a component is to be gone. Raises DriverError."""
        self._keep({"key": key, "document": None, "secrets": {}})

    def commits(self, tree: str, removed: frozenset[str]) -> None:
        """Keeps what *finish* is about to do. Raises DriverError."""
        self._keep({"tree": tree, "gone": sorted(removed)})

    def drop(self) -> None:
        """Forgets everything. Raises DriverError."""
        write_private(self.path, None)
        self.changes, self.secrets, self.begun = {}, {}, False
        self.committing, self.tree, self.gone = False, "", frozenset()

    def _keep(self, data: Mapping[str, Any]) -> None:
        if not self.begun:
            write_private(self.path, _line({"note": asdict(self.note)}))
            self.begun = True
        append_private(self.path, _line(data))
        self._take(data)

    def _take(self, data: Mapping[str, Any]) -> None:
        """One line of the file; a change that follows a *finish* makes it count no more."""
        if "tree" in data:
            self.committing, self.tree, self.gone = True, str(data["tree"]), frozenset(data["gone"])
            return
        key, document = str(data["key"]), data["document"]
        self.changes.pop(key, None)
        self.changes[key] = Document.of_plain(document) if document else None
        self.secrets |= data["secrets"]
        self.committing = False


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"
