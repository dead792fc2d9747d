"""The work tree's folder of one application: written when a session finishes, and never over somebody's own work."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from apps_app.drivers.base import DriverError
from apps_app.drivers.git.atomic_files import SHARED, replace


class WorkTree:
    """The files of one application below a repository's root."""

    def __init__(self, root: Path, slug: str) -> None:
        self._root = root
        self._slug = slug

    def differing(self, paths: Iterable[str], committed: Mapping[str, bytes]) -> list[str]:
        """Which of these paths are not as committed (a path that is not committed has to be absent)."""
        return [path for path in sorted(paths) if self._content(path) != committed.get(path)]

    def contents(self, paths: Iterable[str]) -> dict[str, bytes]:
        """What is at these paths; what is absent is left out."""
        result = {path: self._content(path) for path in paths}
        return {path: data for path, data in result.items() if data is not None}

    def put(self, files: Mapping[str, bytes], removed: Iterable[str]) -> None:
        """Makes these files be there, and those not. Raises OSError, and DriverError where a link leads outside."""
        for path in [*files, *removed]:
            self._refuse_links(path)
        for path in removed:
            (self._folder / path).unlink(missing_ok=True)
        for path, data in files.items():
            if self._content(path) != data:
                replace(self._folder / path, data, SHARED)
        for path in removed:
            self._remove_empty(self._folder / path)

    @property
    def _folder(self) -> Path:
        return self._root / self._slug

    def _content(self, path: str) -> bytes | None:
        place = self._folder / path
        try:
            return place.read_bytes() if not place.is_symlink() else b"(a link)"
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IsADirectoryError:
            return b"(a folder)"

    def _refuse_links(self, path: str) -> None:
        for place in self._parents(self._folder / path):
            if place.is_symlink():
                raise DriverError(f"{place} is a link; replace it by the folder it leads to", permanent=True)

    def _remove_empty(self, path: Path) -> None:
        with suppress(OSError):
            for place in self._parents(path):
                place.rmdir()

    def _parents(self, path: Path) -> Iterator[Path]:
        """From the file's folder up to the application's."""
        for place in path.parents:
            if place == self._root:
                return
            yield place
