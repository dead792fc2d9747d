"""What somebody else does to a repository, and what anybody may see in it."""

from pathlib import Path

from dulwich import porcelain
from dulwich.objects import Commit
from dulwich.refs import Ref
from dulwich.repo import Repo


def commit_by_hand(path: Path, *names: str, message: str = "By hand") -> str:
    """A person commits these paths, added, changed or deleted, below the repository."""
    porcelain.add(path, [str(path / name) for name in names])
    return porcelain.commit(
        path, message=message.encode(), author=b"Ann <ann@example>", committer=b"Ann <ann@example>"
    ).decode()


def head(path: Path) -> Commit:
    """The newest commit."""
    with Repo(path) as repo:
        commit = repo[repo.head()]
        assert isinstance(commit, Commit)
        return commit


def commits(path: Path) -> list[str]:
    """The subjects of all commits of the branch main, oldest first."""
    with Repo(path) as repo:
        walker = repo.get_walker(include=[repo.refs[Ref(b"refs/heads/main")]])
        return [entry.commit.message.decode().partition("\n")[0] for entry in walker][::-1]


def committed(path: Path, slug: str = "") -> dict[str, bytes]:
    """Every file of the newest commit, or of one folder of it, by path."""
    with Repo(path) as repo:
        entries = repo.object_store.iter_tree_contents(head(path).tree)
        files = {entry.path.decode(): repo[entry.sha].as_raw_string() for entry in entries if entry.path and entry.sha}
    return {
        name.removeprefix(f"{slug}/"): data
        for name, data in files.items()
        if name.startswith(f"{slug}/" if slug else "")
    }


def in_worktree(path: Path) -> dict[str, bytes]:
    """Every file of the work tree, by path."""
    files = (item for item in path.rglob("*") if item.is_file() and ".git" not in item.relative_to(path).parts)
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def is_clean(path: Path) -> bool:
    """Whether work tree, index and newest commit are the same."""
    status = porcelain.status(path)
    return not (any(status.staged.values()) or status.unstaged or status.untracked)
