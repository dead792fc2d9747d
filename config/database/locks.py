"""Locks between processes that end with the process holding them, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.01


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take_alone(handle: int, seconds: float) -> bool:
    """Takes the lock exclusively within ``seconds``; False when others kept it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)


def share(handle: int) -> None:
    fcntl.flock(handle, fcntl.LOCK_SH)


def wait_alone(handle: int, grace: float) -> None:
    """Returns, holding the lock exclusively, once nobody has shared it for ``grace`` seconds."""
    while True:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not grace:
            return
        fcntl.flock(handle, fcntl.LOCK_UN)
        time.sleep(grace)
        if take_alone(handle, 0):
            return


@contextmanager
def alone(path: Path) -> Iterator[None]:
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
