"""What a session has done and not finished, in one private file beside the repository: a killed process leaves it,
and the next session of the same note takes it up. The work tree sees nothing of it before the end."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from apps_app.drivers.base import Note, Part
from apps_app.drivers.git.document import Document
from apps_app.drivers.git.files import read_private, write_private


@dataclass(slots=True)
class Stage:
    """Changes by component key (None: removed) in the order they came, and the secret values they brought.

    While *finish* works, `tree` is the folder's tree that it commits and `gone` the files it takes away: a branch
    that holds this tree shows that the commit was made.
    """

    path: Path
    note: Note
    changes: dict[str, Document | None] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    committing: bool = False
    tree: str = ""
    gone: frozenset[str] = frozenset()

    @classmethod
    def left_at(cls, path: Path) -> Self | None:
        """What an unfinished session left there; a damaged file counts as nothing. Raises DriverError."""
        data = read_private(path)
        try:
            return cls._of(path, json.loads(data)) if data else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @classmethod
    def _of(cls, path: Path, said: Any) -> Self:
        changes = {key: Document.of_plain(one) if one else None for key, one in said["changes"].items()}
        stage = cls(path, Note(**said["note"]), changes, dict(said["secrets"]))
        stage.committing, stage.tree, stage.gone = bool(said["committing"]), str(said["tree"]), frozenset(said["gone"])
        return stage

    def applied(self, key: str, part: Part) -> None:
        """Keeps an applied component. Raises DriverError."""
        self.changes.pop(key, None)
        self.changes[key] = Document.of(part)
        self.secrets.update(part.secrets)
        self.save()

    def removed(self, key: str) -> None:
        """Keeps that a component is to be gone. Raises DriverError."""
        self.changes.pop(key, None)
        self.changes[key] = None
        self.save()

    def commits(self, tree: str, gone: frozenset[str]) -> None:
        """Keeps what *finish* is about to do. Raises DriverError."""
        self.committing, self.tree, self.gone = True, tree, gone
        self.save()

    def save(self) -> None:
        """Raises DriverError."""
        plain = {
            "note": asdict(self.note),
            "changes": {key: one.plain() if one else None for key, one in self.changes.items()},
            "secrets": self.secrets,
            "committing": self.committing,
            "tree": self.tree,
            "gone": sorted(self.gone),
        }
        write_private(self.path, json.dumps(plain, ensure_ascii=False).encode())

    def drop(self) -> None:
        """Forgets everything. Raises DriverError."""
        write_private(self.path, None)
        self.changes, self.secrets = {}, {}
        self.committing, self.tree, self.gone = False, "", frozenset()
