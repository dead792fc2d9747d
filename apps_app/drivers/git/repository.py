"""The repository itself: what its branch holds of one application, and one commit onto it. Only here is dulwich."""

import stat
import time
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dulwich.index import commit_tree, index_entry_from_stat
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tree
from dulwich.refs import Ref, check_ref_format
from dulwich.repo import Repo

from apps_app.drivers.base import DriverError, Note
from apps_app.drivers.git.errors import speaking

_HEAD = Ref(b"HEAD")
_FOLDER = 0o40000
_FILE = 0o100644
_UPLIFT = b"Uplift <uplift@localhost>"
_LOOK_BACK = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """One application's folder at the branch's end; `tree` and `commit` are "" where there is none."""

    commit: str = ""
    tree: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    entries: Mapping[str, tuple[int, ObjectID]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A commit that changed one folder."""

    commit: str
    message: str


def branch_fault(branch: str) -> str:
    """Why this cannot be a branch, or ""."""
    fine = check_ref_format(Ref(b"refs/heads/" + branch.encode()))
    return "" if fine else f"'{branch}' cannot be the name of a branch"


class Repository:
    """A repository with a work tree, at a path, of which one branch is ours to commit to."""

    def __init__(self, path: Path, branch: str) -> None:
        self.path = path
        self.branch = branch

    def exists(self) -> bool:
        """Whether there is one. Raises DriverError where something else is in its place."""
        if (self.path / ".git").exists():
            return True
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            text = f"{self.path} is there and is no Git repository with a work tree"
            raise DriverError(f"{text}; choose another folder for this target", permanent=True)
        return False

    def create(self) -> None:
        """Makes it, with nothing in it. Raises DriverError."""
        with speaking(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            Repo.init(self.path, default_branch=self.branch.encode()).close()

    def objection(self) -> str:
        """Why the work tree is not ours to write, or "". Raises DriverError."""
        with self._opened() as repo:
            at = (repo.refs.read_ref(_HEAD) or b"").removeprefix(b"ref: refs/heads/").decode(errors="replace")
        if at == self.branch:
            return ""
        return f"{self.path} has '{at}' checked out; check out '{self.branch}' there, or change the target's branch"

    def find(self, slug: str) -> Found:
        """The application's folder as it is committed. Raises DriverError."""
        with self._opened() as repo:
            head = self._head(repo)
            if head is None:
                return Found()
            tree = self._tree_of(repo, head, slug)
            if tree is None:
                return Found(head.id.decode())
            contents = list(repo.object_store.iter_tree_contents(tree))
            entries = {
                content.path.decode(): (content.mode, content.sha)
                for content in contents
                if content.path and content.mode and content.sha
            }
            return Found(head.id.decode(), tree.decode(), _files(repo, entries), entries)

    def folders(self) -> list[str]:
        """The folders that hold an application of Uplift. Raises DriverError."""
        with self._opened() as repo:
            head = self._head(repo)
            root = _get(repo, head.tree, Tree) if head else Tree()
            folders = [
                (iteritem.path.decode(), iteritem.sha) for iteritem in root.iteritems() if iteritem.mode == _FOLDER
            ]
            return [name for name, sha in folders if b".uplift" in _get(repo, sha, Tree)]

    def last_change(self, slug: str, folder: Found) -> Change | None:
        """The newest commit that made the folder what it is. Raises DriverError."""
        with self._opened() as repo:
            commit = self._head(repo)
            for _ in range(_LOOK_BACK):
                if commit is None:
                    return None
                before = _get(repo, commit.parents[0], Commit) if commit.parents else None
                if before is None or (self._tree_of(repo, before, slug) or b"").decode() != folder.tree:
                    return Change(commit.id.decode(), commit.message.decode(errors="replace"))
                commit = before
        return None

    def store(self, folder: Found, files: Mapping[str, bytes], abstract_set: AbstractSet[str]) -> str:
        """Stores a folder of these files and of what is kept as found; its tree, "" when empty. Raises DriverError."""
        with self._opened() as repo:
            blobs = {path: Blob.from_string(data) for path, data in files.items()}
            repo.object_store.add_objects([(blob, None) for blob in blobs.values()])
            entries = [(path.encode(), blob.id, _FILE) for path, blob in blobs.items()]
            entries += [
                (path.encode(), sha, mode) for path, (mode, sha) in folder.entries.items() if path in abstract_set
            ]
            return commit_tree(repo.object_store, entries).decode() if entries else ""

    def commit(self, slug: str, tree: str, folder: Found, note: Note) -> str:
        """One commit that makes the folder this tree, and nothing else. Raises DriverError, also when the branch
        moved since it was found."""
        with self._opened() as repo:
            commit = self._commit(repo, slug, tree, folder, note)
            content = b"commit: " + note.subject.encode()
            if folder.commit:
                old = ObjectID(folder.commit.encode())
                moved = not repo.refs.set_if_equals(_HEAD, old, commit.id, committer=_UPLIFT, message=content)
            else:
                moved = not repo.refs.add_if_new(_HEAD, commit.id, committer=_UPLIFT, message=content)
            if moved:
                raise DriverError(f"somebody else committed to {self.path} just now; try again", permanent=False)
            return commit.id.decode()

    def index(self, slug: str, files: Mapping[str, bytes], removed: frozenset[str]) -> None:
        """Tells Git's index what the work tree's folder holds now. Raises DriverError."""
        with self._opened() as repo:
            index = repo.open_index()
            for path in removed:
                name = f"{slug}/{path}".encode()
                if name in index:
                    del index[name]
            for path, data in files.items():
                status = (self.path / slug / path).lstat()
                index[f"{slug}/{path}".encode()] = index_entry_from_stat(status, Blob.from_string(data).id, _FILE)
            index.write()

    def locked_by_others(self) -> str:
        """The lock file that a git command holds or has left, or ""."""
        names = (".git/index.lock", ".git/HEAD.lock", f".git/refs/heads/{self.branch}.lock")
        return next((str(self.path / name) for name in names if (self.path / name).exists()), "")

    def _head(self, repo: Repo) -> Commit | None:
        sha = repo.refs.follow(Ref(b"refs/heads/" + self.branch.encode()))[1]
        return _get(repo, sha, Commit) if sha else None

    def _tree_of(self, repo: Repo, commit: Commit, slug: str) -> ObjectID | None:
        root = _get(repo, commit.tree, Tree)
        if slug.encode() not in root:
            return None
        mode, sha = root[slug.encode()]
        if mode != _FOLDER:
            raise DriverError(f"'{slug}' in {self.path} is no folder; choose another name", permanent=True)
        return sha

    def _commit(self, repo: Repo, slug: str, tree: str, folder: Found, note: Note) -> Commit:
        parent = _get(repo, ObjectID(folder.commit.encode()), Commit) if folder.commit else None
        root = _get(repo, parent.tree, Tree) if parent else Tree()
        if tree:
            root[slug.encode()] = (_FOLDER, ObjectID(tree.encode()))
        elif slug.encode() in root:
            del root[slug.encode()]
        commit = Commit()
        commit.tree = root.id
        commit.parents = [parent.id] if parent else []
        commit.author = _identity(note.operator)
        commit.committer = _UPLIFT
        commit.author_time = commit.commit_time = int(time.time())
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = message(note).encode()
        repo.object_store.add_objects([(root, None), (commit, None)])
        return commit

    @contextmanager
    def _opened(self) -> Iterator[Repo]:
        with speaking(self.path), Repo(self.path) as repo:
            if repo.bare:
                raise DriverError(f"{self.path} is a bare repository; this target needs a work tree", permanent=True)
            yield repo


def message(note: Note) -> str:
    """The commit message of a note."""
    return f"{note.subject}\n\n{note.body}".rstrip() + "\n"


def _get[T: ShaFile](repo: Repo, sha: ObjectID, kind: type[T]) -> T:
    file = repo[sha]
    if not isinstance(file, kind):
        raise TypeError(f"{sha.decode()} is no {kind.__name__.casefold()}")
    return file


def _files(repo: Repo, entries: Mapping[str, tuple[int, ObjectID]]) -> dict[str, bytes]:
    return {path: _get(repo, sha, Blob).data for path, (mode, sha) in entries.items() if stat.S_ISREG(mode)}


def _identity(operator: str) -> bytes:
    name = " ".join("".join(item for item in operator if item not in "<>\0").split()) or "unknown"
    return f"{name} <{name.split()[0].casefold()}@localhost>".encode()
