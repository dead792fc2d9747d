"""Config and secret files, put into a container before it starts: never in its environment, command line or image."""

import io
import posixpath
import tarfile
from collections.abc import Iterable, Sequence

from apps_app.drivers.base import DriverError
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.payload.desired_container import File


def put_files(engine: Engine, container: str, files: Sequence[File]) -> None:
    """Writes the files with their owner and mode; directories that are missing are made. Raises DriverError."""
    if not files:
        return
    missing = [path for path in _folders(files) if not engine.has_path(container, path)]
    try:
        engine.put_archive(container, archive(files, missing))
    except DriverError as error:
        if "directory" in str(error):
            raise DriverError(f"{_which(engine, container, files)}: {error}", permanent=True) from error
        raise


def archive(files: Sequence[File], folders: Iterable[str]) -> bytes:
    """A tar archive of the files, from the root on."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in folders:
            info = tarfile.TarInfo(folder.removeprefix("/"))
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for file in files:
            entry = tarfile.TarInfo(file.path.removeprefix("/"))
            entry.size, entry.mode, entry.uid, entry.gid = len(file.content), file.mode, file.uid, file.gid
            tar.addfile(entry, io.BytesIO(file.content))
    return buffer.getvalue()


def _folders(files: Sequence[File]) -> list[str]:
    """Every directory on the way to the files, the outer ones first."""
    result: set[str] = set()
    for file in files:
        folder = posixpath.dirname(posixpath.normpath(file.path))
        while folder not in {"", "/"}:
            result.add(folder)
            folder = posixpath.dirname(folder)
    return sorted(result)


def _which(engine: Engine, container: str, files: Sequence[File]) -> str:
    """The files that stand where the image has a directory."""
    used = [file.path for file in files if engine.has_path(container, f"{file.path}/.")]
    return f"{', '.join(used) or 'a config file'} is a directory in the image, and cannot be a config file"
