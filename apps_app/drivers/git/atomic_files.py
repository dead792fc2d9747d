"""Files that are whole or not there at all, and locks that end with the process that holds them."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from apps_app.drivers.base import DriverError

PRIVATE = 0o600
SHARED = 0o644
_PAUSE = 0.02


def replace(path: Path, data: bytes, mode: int) -> None:
    """Puts a file in place in one move: whoever reads it sees all of the old or all of the new. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".new", delete=False) as file:
        try:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise


@contextmanager
def held(path: Path, *, wait: float, busy: str, shared: bool = False) -> Iterator[None]:
    """Holds a lock file; after `wait` seconds without it raises DriverError(busy), which is not permanent."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise DriverError(f"{path} cannot be used: {error}; put that right and try again", permanent=False) from error
    try:
        _take(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, time.monotonic() + wait, busy)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, how: int, until: float, busy: str) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise DriverError(busy, permanent=False) from error
            time.sleep(_PAUSE)


def read_private(path: Path) -> bytes:
    """A file beside the repository, empty when it is not there. Raises DriverError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DriverError(f"{path} cannot be read: {error}; put that right and try again", permanent=False) from error


def write_private(path: Path, data: bytes | None) -> None:
    """Writes a file that only its owner may read; None removes it. Raises DriverError."""
    try:
        if data is None:
            path.unlink(missing_ok=True)
        else:
            replace(path, data, PRIVATE)
    except OSError as error:
        text = f"{path} cannot be written: {error}"
        raise DriverError(f"{text}; put that right and try again", permanent=False) from error


def append_private(path: Path, line: bytes) -> None:
    """Adds to the end of such a file, lasting when it returns. Raises DriverError."""
    try:
        with path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        text = f"{path} cannot be written: {error}"
        raise DriverError(f"{text}; put that right and try again", permanent=False) from error
