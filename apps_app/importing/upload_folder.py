"""A folder on disk as the files a Compose file may refer to: read one by one when asked, never outside the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from apps_app.formats.compose.errors import refuse
from apps_app.formats.compose.yaml_loader import MAX_BYTES

MAX_TOTAL = 32 * 1024 * 1024
MAX_NAMES = 20_000
LEFT_OUT = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})


class Folder(Mapping[str, bytes]):
    """Relative path → content. What is asked for is read, and nothing else; a link out of the folder is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.total = 0

    def __getitem__(self, name: str) -> bytes:
        path = self._path(name)
        if path is None:
            raise KeyError(name)
        size = path.stat().st_size
        self.total += size
        if size > MAX_BYTES:
            raise refuse("", f"{name} is larger than {MAX_BYTES // 1024 // 1024} MiB")
        if self.total > MAX_TOTAL:
            raise refuse("", f"the files it refers to are larger than {MAX_TOTAL // 1024 // 1024} MiB together")
        try:
            return path.read_bytes()
        except OSError as error:
            raise refuse("", f"{name} cannot be read: {error.strerror}") from error

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._path(name) is not None

    def __iter__(self) -> Iterator[str]:
        """The names of all files below, without opening one."""
        count = 0
        for folder, inner, files in os.walk(self.root):
            inner[:] = sorted(set(inner) - LEFT_OUT)
            for name in sorted(files):
                count += 1
                if count > MAX_NAMES:
                    return
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, name: str) -> Path | None:
        try:
            path = (self.root / name).resolve()
            return path if path.is_relative_to(self.root) and path.is_file() else None
        except (OSError, ValueError):
            return None


class Uploads(Mapping[str, bytes]):
    """What a browser sent. It sends no folders, so a path is also found by its last part when that is unique."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def __getitem__(self, name: str) -> bytes:
        if name in self.files:
            return self.files[name]
        return self.files[name.rpartition("/")[2]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)
