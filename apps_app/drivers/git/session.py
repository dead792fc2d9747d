"""One run of changes to one application's folder: verbs are staged, *finish* makes one commit of them."""

from collections.abc import Iterable, Sequence

from apps_app.drivers.base import DriverError, Note, Part, Receipt
from apps_app.drivers.git import preflight
from apps_app.drivers.git.application_folder import Folder, overlaid, read_folder, write_folder
from apps_app.drivers.git.errors import locked
from apps_app.drivers.git.finalize_commit import Place, is_committed, settle
from apps_app.drivers.git.pending_session import Stage
from apps_app.drivers.git.repository import Found, message
from apps_app.drivers.git.status import changed_by_others

NOT_CHECKED = "not checked: this target starts nothing"


class GitSession:
    """Nothing reaches the repository before *finish*; a session left without it leaves no trace there."""

    def __init__(self, place: Place, note: Note) -> None:
        self._place = place
        self._note = note
        self._stage = Stage(place.beside.stage(place.app.slug), note)

    def begin(self) -> None:
        """Ends what was committed and cut off, takes up what the same note left, drops all else. Raises DriverError."""
        with self._place.beside.repository_lock():
            folder = self._place.find()
            left = Stage.left_at(self._stage.path)
            if left is not None and is_committed(left, folder):
                settle(self._place, left, folder)
            elif left is not None and left.note == self._note:
                self._stage = left
            elif left is not None:
                left.drop()
            _refuse(preflight.to_folder(self._place.app, self._place.repository, folder))

    def apply(self, key: str, part: Part) -> None:
        self._leave_finish()
        self._stage.applied(key, part)

    def restore(self, key: str, part: Part) -> bool:
        self.apply(key, part)
        return True

    def remove(self, key: str) -> None:
        self._leave_finish()
        self._stage.removed(key)

    def remove_volume(self, name: str) -> None:
        """Nothing to do: a repository holds no data, and names a volume only where a component uses it."""

    def gate(self, key: str, part: Part) -> str:
        return NOT_CHECKED

    def finish(self) -> Receipt:
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

    def _commit(self, committed_folder: Found) -> Receipt:
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
        return Receipt(f"written as commit {commit[:7]}{_put_back(put_back)}", commit)

    def _folder(self, folder: Found) -> Folder:
        _refuse(preflight.to_folder(self._place.app, self._place.repository, folder))
        return read_folder(folder.files) or Folder(self._place.app.uid)

    def _files(self, folder: Folder) -> dict[str, bytes]:
        try:
            return write_folder(folder.uid, overlaid(folder.documents, self._stage.changes))
        except ValueError as error:
            slug = self._place.app.slug
            raise DriverError(f"{slug} cannot be written as a Compose file: {error}", permanent=True) from error

    def _refuse_to_bury(self, committed_folder: Found, folder: Folder, files: dict[str, bytes]) -> None:
        app, repository = self._place.app, self._place.repository
        if lock := repository.locked_by_others():
            raise DriverError(locked(lock), permanent=False)
        new = files.keys() - folder.owned
        _refuse(preflight.uncommitted(app, repository, committed_folder, frozenset(new)))
        strange = sorted(new & committed_folder.entries.keys())
        _refuse(f"{app.slug}/{path} in {repository.path} was not written by Uplift; move it" for path in strange)

    def _standing(self, folder: Found) -> Receipt:
        """What to say when there was nothing to write, or when a killed process had written it."""
        change = self._place.repository.last_change(self._place.app.slug, folder)
        if change is None:
            return Receipt("nothing to write")
        if change.message.startswith(message(self._note).rstrip()):
            return Receipt(f"written as commit {change.commit[:7]}", change.commit)
        return Receipt(f"nothing to write: all is as in commit {change.commit[:7]}", change.commit)


def _starts_nothing() -> DriverError:
    return DriverError("this target starts nothing, so nothing can be started or stopped here", permanent=True)


def _refuse(sentences: Iterable[str]) -> None:
    data = list(sentences)
    if data:
        raise DriverError("; ".join(data), permanent=True)


def _telling(note: Note, put_back: Sequence[str]) -> Note:
    if not put_back:
        return note
    return Note(note.subject, f"{note.body}\n\nAlso{_put_back(put_back)}.".lstrip(), note.operator)


def _put_back(keys: Sequence[str]) -> str:
    return f" put back what others had changed in {', '.join(keys)}" if keys else ""
