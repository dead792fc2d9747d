from collections.abc import Iterable, Sequence

from apps_app.drivers.base import ComponentPart, DriverError, OperationNote, SessionResult
from apps_app.drivers.git import preflight
from apps_app.drivers.git.application_folder import ApplicationFolder, overlaid, read_folder, write_folder
from apps_app.drivers.git.errors import locked
from apps_app.drivers.git.finalize_commit import CommitLocation, is_committed, settle
from apps_app.drivers.git.pending_session import PendingSession
from apps_app.drivers.git.repository import CommittedFolder, message
from apps_app.drivers.git.status import changed_by_others
from apps_app.drivers.issues import PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue

NOT_CHECKED = "not checked: this target starts no containers"


class GitSession:
    """Nothing reaches the repository before *finish*; a session left without it leaves no trace there."""

    def __init__(self, place: CommitLocation, note: OperationNote) -> None:
        self._place = place
        self._note = note
        self._stage = PendingSession(place.beside.stage(place.app.slug), note)

    def begin(self) -> None:
        """Ends what was committed and cut off, takes up what the same note left, drops all else. Raises DriverError."""
        with self._place.beside.repository_lock():
            folder = self._place.find()
            left = PendingSession.left_at(self._stage.path)
            if left is not None and is_committed(left, folder):
                settle(self._place, left, folder)
            elif left is not None and left.note == self._note:
                self._stage = left
            elif left is not None:
                left.drop()
            _refuse(preflight.check_folder(self._place.app, self._place.repository, folder))

    def apply(self, key: str, part: ComponentPart) -> None:
        self._leave_finish()
        self._stage.applied(key, part)

    def restore(self, key: str, part: ComponentPart) -> bool:
        self.apply(key, part)
        return True

    def remove(self, key: str) -> None:
        self._leave_finish()
        self._stage.removed(key)

    def remove_volume(self, name: str) -> None:
        """Nothing to do: a repository holds no data, and names a volume only where a component uses it."""

    def wait_for_health(self, key: str, part: ComponentPart) -> str:
        return NOT_CHECKED

    def finish(self) -> SessionResult:
        with self._place.beside.repository_lock():
            folder = self._place.find()
            if is_committed(self._stage, folder):
                settle(self._place, self._stage, folder)
                return self._standing(folder)
            return self._commit(folder)

    def start(self, key: str) -> None:
        raise _starts_nothing()

    def stop(self, key: str) -> None:
        raise _starts_nothing()

    def restart(self, key: str) -> None:
        raise _starts_nothing()

    def _leave_finish(self) -> None:
        """After a *finish* that failed half-way, and before another verb: its commit is ended, or it counts no more."""
        if not self._stage.committing:
            return
        with self._place.beside.repository_lock():
            folder = self._place.find()
            if is_committed(self._stage, folder):
                settle(self._place, self._stage, folder)
        self._stage.committing = False

    def _commit(self, committed_folder: CommittedFolder) -> SessionResult:
        folder = self._folder(committed_folder)
        files = self._files(folder)
        self._refuse_to_bury(committed_folder, folder, files)
        put_back = sorted(changed_by_others(folder, committed_folder).keys() - self._stage.changes.keys())
        tree = self._place.repository.store(committed_folder, files, committed_folder.entries.keys() - folder.owned)
        if tree == committed_folder.tree:
            settle(self._place, self._stage, committed_folder)
            return self._standing(committed_folder)
        self._stage.commits(tree, folder.owned - files.keys())
        commit = self._place.repository.commit(
            self._place.app.slug, tree, committed_folder, _telling(self._note, put_back)
        )
        settle(self._place, self._stage, self._place.find())
        return SessionResult(f"written as commit {commit[:7]}{_put_back(put_back)}", commit)

    def _folder(self, folder: CommittedFolder) -> ApplicationFolder:
        _refuse(preflight.check_folder(self._place.app, self._place.repository, folder))
        return read_folder(folder.files) or ApplicationFolder(self._place.app.uid)

    def _files(self, folder: ApplicationFolder) -> dict[str, bytes]:
        try:
            return write_folder(folder.uid, overlaid(folder.documents, self._stage.changes))
        except ValueError as error:
            slug = self._place.app.slug
            raise DriverError(f"{slug} cannot be written as a Compose file: {error}", permanent=True) from error

    def _refuse_to_bury(
        self, committed_folder: CommittedFolder, folder: ApplicationFolder, files: dict[str, bytes]
    ) -> None:
        app, repository = self._place.app, self._place.repository
        if lock := repository.locked_by_others():
            raise DriverError(locked(lock), permanent=False)
        new = files.keys() - folder.owned
        _refuse(preflight.check_uncommitted(app, repository, committed_folder, frozenset(new)))
        for path in sorted(new & committed_folder.entries.keys()):
            raise DriverError(
                f"{app.slug}/{path} in {repository.path} was not written by Uplift; move it", permanent=True
            )

    def _standing(self, folder: CommittedFolder) -> SessionResult:
        """What to say when there was nothing to write, or when a killed process had written it."""
        change = self._place.repository.last_change(self._place.app.slug, folder)
        if change is None:
            return SessionResult("no changes")
        if change.message.startswith(message(self._note).rstrip()):
            return SessionResult(f"written as commit {change.commit[:7]}", change.commit)
        return SessionResult(f"no changes since commit {change.commit[:7]}", change.commit)


def _starts_nothing() -> DriverError:
    return DriverError("this target starts no containers", permanent=True)


def _refuse(issues: Iterable[PreflightIssue]) -> None:
    if messages := list(map(describe_issue, issues)):
        raise DriverError(" ".join(messages), permanent=True)


def _telling(note: OperationNote, put_back: Sequence[str]) -> OperationNote:
    if not put_back:
        return note
    return OperationNote(note.subject, f"{note.body}\n\nAlso{_put_back(put_back)}.".lstrip(), note.operator)


def _put_back(keys: Sequence[str]) -> str:
    return f"reverted changes by others in {', '.join(keys)}" if keys else ""
