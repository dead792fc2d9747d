import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from apps_app.drivers.base import (
    ComponentPart,
    DriverError,
    DriverInfo,
    LiveComponent,
    ObservedComponent,
    OperationNote,
    Placement,
    ProgressCallback,
    UsedResource,
)
from apps_app.drivers.git import preflight
from apps_app.drivers.git.accept_drift import keep
from apps_app.drivers.git.application_folder import ApplicationFolder, read_folder
from apps_app.drivers.git.atomic_files import read_private
from apps_app.drivers.git.drift import found_in
from apps_app.drivers.git.errors import speaking
from apps_app.drivers.git.finalize_commit import CommitLocation
from apps_app.drivers.git.private_store import PrivateStore
from apps_app.drivers.git.repository import CommittedFolder as Committed
from apps_app.drivers.git.repository import Repository
from apps_app.drivers.git.session import GitSession
from apps_app.drivers.git.status import observe
from apps_app.drivers.git.worktree import WorkTree
from apps_app.drivers.issues import PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(slots=True)
class _FolderSnapshot:
    """What stands in the way of the folder as a whole, for one round of checks: a key that comes again begins another,
    so that a folder of many components is not read once for each of them."""

    app: Placement
    issues: tuple[PreflightIssue, ...]
    keys: set[str] = field(default_factory=set)


class GitDriver:
    """Writes and commits; starts nothing. The repository is made when the first session begins."""

    starts_containers = False

    def __init__(self, path: Path, branch: str = "main") -> None:
        self._repository = Repository(path, branch)
        self._beside = PrivateStore.of(path)
        self._look: _FolderSnapshot | None = None

    def ping(self) -> DriverInfo:
        count = len(self._repository.folders()) if self._is_there() else 0
        word = "application" if count == 1 else "applications"
        return DriverInfo("git", f"{count} {word} in {self._repository.path}")

    def read(self, app: Placement) -> Mapping[str, ObservedComponent]:
        with self._reading(app):
            looked = self._looked(app)
            return observe(*looked) if looked is not None else {}

    def list_volumes(self, app: Placement) -> frozenset[str]:
        return frozenset()

    def read_live(self, app: Placement, parts: Mapping[str, ComponentPart]) -> Mapping[str, LiveComponent]:
        with self._reading(app):
            looked = self._looked(app)
            if looked is None:
                return {}
            folder, _, files, values = looked
            return found_in(folder, files, values, parts)

    def accept_drift(self, app: Placement, note: OperationNote, key: str, part: ComponentPart) -> None:
        _refuse_slug(app)
        self._beside.prepare()
        with self._beside.session_lock(app.slug):
            keep(CommitLocation(app, self._repository, self._beside), note, key, part)

    def check(
        self, app: Placement, key: str, before: ComponentPart | None, after: ComponentPart | None
    ) -> Sequence[PreflightIssue]:
        _refuse_slug(app)
        snapshot = self._look
        if snapshot is None or snapshot.app != app or key in snapshot.keys:
            snapshot = self._look = _FolderSnapshot(app, self._check_folder(app))
        snapshot.keys.add(key)
        return [*snapshot.issues, *(preflight.check_part(key, after) if after is not None else ())]

    def check_volume(self, app: Placement, name: str) -> Sequence[PreflightIssue]:
        return ()

    def list_used_resources(self, app: Placement) -> Sequence[UsedResource]:
        return ()

    def prepare(self, app: Placement, key: str, part: ComponentPart, watch: ProgressCallback) -> None:
        """What is only written needs nothing else."""

    @contextmanager
    def session(self, app: Placement, note: OperationNote) -> Iterator[GitSession]:
        _refuse_slug(app)
        self._look = None
        self._beside.prepare()
        with self._beside.session_lock(app.slug):
            self._make()
            session = GitSession(CommitLocation(app, self._repository, self._beside), note)
            session.begin()
            yield session

    def logs(self, app: Placement, key: str, lines: int) -> Iterator[str]:
        raise DriverError("this target starts no containers, so there are no logs", permanent=True)

    def _check_folder(self, app: Placement) -> tuple[PreflightIssue, ...]:
        if not self._is_there():
            return ()
        return tuple(preflight.check_folder(app, self._repository, self._repository.find(app.slug)))

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
                text = f"the repository {self._repository.path} is missing"
                raise DriverError(f"{text}; restore it, or remove {self._beside.root} to start over", permanent=True)
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

    def _looked(self, app: Placement) -> tuple[ApplicationFolder, Committed, Mapping[str, bytes], bytes] | None:
        """The application's folder, as committed and as it lies there, and its secret values; None where it is not."""
        if not self._is_there():
            return None
        committed_folder = self._repository.find(app.slug)
        try:
            folder = read_folder(committed_folder.files)
        except ValueError as error:
            raise DriverError(
                describe_issue(preflight.build_unreadable_issue(app, self._repository, error)), permanent=True
            ) from error
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
