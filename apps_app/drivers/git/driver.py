"""A Git repository in which every application is a folder that Compose, Argo CD or Flux can take from there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from apps_app.drivers.base import DriverError, DriverInfo, Found, Note, Observed, Part, Placement, Taken, Watch
from apps_app.drivers.git import preflight
from apps_app.drivers.git.accept_drift import keep
from apps_app.drivers.git.application_folder import Folder, read_folder
from apps_app.drivers.git.atomic_files import read_private
from apps_app.drivers.git.drift import found_in
from apps_app.drivers.git.errors import speaking
from apps_app.drivers.git.finalize_commit import Place
from apps_app.drivers.git.private_store import Beside
from apps_app.drivers.git.repository import Found as Committed
from apps_app.drivers.git.repository import Repository
from apps_app.drivers.git.session import GitSession
from apps_app.drivers.git.status import observe
from apps_app.drivers.git.worktree import WorkTree

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(slots=True)
class _Look:
    """What stands in the way of the folder as a whole, for one round of checks: a key that comes again begins another,
    so that a folder of many components is not read once for each of them."""

    app: Placement
    objections: tuple[str, ...]
    keys: set[str] = field(default_factory=set)


class GitDriver:
    """Writes and commits; starts nothing. The repository is made when the first session begins."""

    runs = False

    def __init__(self, path: Path, branch: str = "main") -> None:
        self._repository = Repository(path, branch)
        self._beside = Beside.of(path)
        self._look: _Look | None = None

    def ping(self) -> DriverInfo:
        count = len(self._repository.folders()) if self._is_there() else 0
        word = "application" if count == 1 else "applications"
        return DriverInfo("git", f"{count} {word} in {self._repository.path}")

    def read(self, app: Placement) -> Mapping[str, Observed]:
        with self._reading(app):
            looked = self._looked(app)
            return observe(*looked) if looked is not None else {}

    def volumes(self, app: Placement) -> frozenset[str]:
        return frozenset()

    def found(self, app: Placement, parts: Mapping[str, Part]) -> Mapping[str, Found]:
        with self._reading(app):
            looked = self._looked(app)
            if looked is None:
                return {}
            folder, _, files, values = looked
            return found_in(folder, files, values, parts)

    def keep(self, app: Placement, note: Note, key: str, part: Part) -> None:
        _refuse_slug(app)
        self._beside.prepare()
        with self._beside.session_lock(app.slug):
            keep(Place(app, self._repository, self._beside), note, key, part)

    def check(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        _refuse_slug(app)
        snapshot = self._look
        if snapshot is None or snapshot.app != app or key in snapshot.keys:
            snapshot = self._look = _Look(app, self._objections(app))
        snapshot.keys.add(key)
        return [*snapshot.objections, *(preflight.to_part(key, after) if after is not None else ())]

    def check_volume(self, app: Placement, name: str) -> Sequence[str]:
        return ()

    def warnings(self, app: Placement, key: str, before: Part | None, after: Part | None) -> Sequence[str]:
        return ()

    def taken(self, app: Placement) -> Sequence[Taken]:
        return ()

    def prepare(self, app: Placement, key: str, part: Part, watch: Watch) -> None:
        """What is only written needs nothing else."""

    @contextmanager
    def session(self, app: Placement, note: Note) -> Iterator[GitSession]:
        _refuse_slug(app)
        self._look = None
        self._beside.prepare()
        with self._beside.session_lock(app.slug):
            self._make()
            session = GitSession(Place(app, self._repository, self._beside), note)
            session.begin()
            yield session

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        raise DriverError("this target starts nothing, so there are no logs", permanent=True)

    def _objections(self, app: Placement) -> tuple[str, ...]:
        if not self._is_there():
            return ()
        return tuple(preflight.to_folder(app, self._repository, self._repository.find(app.slug)))

    def _make(self) -> None:
        with self._beside.repository_lock():
            if not self._is_there():
                self._repository.create()
            with speaking(self._repository.path):
                self._beside.made.touch()

    def _is_there(self) -> bool:
        with speaking(self._repository.path):
            if self._repository.exists():
                return True
            if self._beside.made.exists():
                text = f"the repository {self._repository.path} is gone"
                raise DriverError(f"{text}; restore it, or remove {self._beside.root} to begin anew", permanent=True)
            return False

    @contextmanager
    def _reading(self, app: Placement) -> Iterator[None]:
        """The branch, the work tree and the index do not move meanwhile."""
        _refuse_slug(app)
        if not self._beside.root.exists():
            yield
            return
        with self._beside.repository_lock(shared=True):
            yield

    def _looked(self, app: Placement) -> tuple[Folder, Committed, Mapping[str, bytes], bytes] | None:
        """The application's folder, as committed and as it lies there, and its secret values; None where it is not."""
        if not self._is_there():
            return None
        committed_folder = self._repository.find(app.slug)
        try:
            folder = read_folder(committed_folder.files)
        except ValueError as error:
            raise DriverError(preflight.damaged(app, self._repository, error), permanent=True) from error
        if folder is None or folder.uid != app.uid:
            return None
        return (
            folder,
            committed_folder,
            self._in_worktree(app, committed_folder),
            read_private(self._beside.values(app.slug)),
        )

    def _in_worktree(self, app: Placement, folder: Committed) -> Mapping[str, bytes]:
        """The folder's files as they lie there; as committed where another branch is checked out."""
        if self._repository.objection():
            return folder.files
        with speaking(self._repository.path):
            return WorkTree(self._repository.path, app.slug).contents(folder.files)


def _refuse_slug(app: Placement) -> None:
    if not _SLUG.fullmatch(app.slug):
        raise DriverError(f"'{app.slug}' cannot be the name of a folder; choose another name", permanent=True)
