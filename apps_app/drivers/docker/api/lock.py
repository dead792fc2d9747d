"""One session of an application at a time, among the processes of this machine; a killed one holds nothing."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps_app.drivers.base import DriverError, Placement


@contextmanager
def session_lock(app: Placement) -> Iterator[None]:
    """Held while a session is open. Raises DriverError while another holds it."""
    folder = Path(tempfile.gettempdir()) / f"uplift-docker-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(
            folder / hashlib.sha256(app.uid.encode()).hexdigest()[:32], os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600
        )
    except OSError as error:
        raise DriverError(f"{folder} cannot be used for locks: {error.strerror}", permanent=True) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            text = f"{app.slug} is being changed by another session; try again later"
            raise DriverError(text, permanent=False) from error
        yield
    finally:
        os.close(descriptor)
