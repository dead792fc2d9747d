"""What the demo's Git target really holds, read from its objects and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from ruamel.yaml import YAML

type Services = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """An application's folder as one commit has it: path below it → content."""

    commit: str
    message: str
    files: Mapping[str, bytes]

    @property
    def services(self) -> Services:
        services: Services = YAML(typ="safe", pure=True).load(BytesIO(self.files["compose.yaml"]))["services"]
        return services

    @property
    def documents(self) -> Mapping[str, bytes]:
        """What a deployment reads, without the target's own notes."""
        return {path: content for path, content in self.files.items() if not path.startswith(".uplift/")}


def written(repository: Path, slug: str, commit: str = "") -> Written:
    """The folder of an application at a commit, or at the branch's newest."""
    with Repo(str(repository)) as repo:
        found = repo[commit.encode() if commit else repo.refs[Ref(b"refs/heads/main")]]
        if not isinstance(found, Commit):
            raise LookupError(f"{commit} is no commit")
        files = {
            path.removeprefix(f"{slug}/"): content
            for path, content in _files(repo, found.tree, "")
            if path.startswith(f"{slug}/")
        }
        return Written(found.id.decode(), found.message.decode(), files)


def holding(repository: Path, needle: bytes) -> int:
    """How many objects of the repository hold these bytes."""
    with Repo(str(repository)) as repo:
        return sum(needle in repo[name].as_raw_string() for name in repo.object_store)


def objects(repository: Path) -> int:
    with Repo(str(repository)) as repo:
        return sum(1 for _ in repo.object_store)


def _files(repo: Repo, tree: bytes, at: str) -> Iterator[tuple[str, bytes]]:
    found = repo[tree]
    if not isinstance(found, Tree):
        return
    for entry in found.iteritems():
        path = f"{at}{entry.path.decode()}"
        below = repo[entry.sha]
        if isinstance(below, Blob):
            yield path, below.data
        else:
            yield from _files(repo, entry.sha, f"{path}/")
