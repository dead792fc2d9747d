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


def try_exclusive_lock(handle: int, seconds: float) -> bool:
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


def take_shared_lock(handle: int) -> None:
    fcntl.flock(handle, fcntl.LOCK_SH)


def wait_for_exclusive_lock(handle: int, grace: float) -> None:
    """Returns, holding the lock exclusively, once nobody has shared it for ``grace`` seconds."""
    while True:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not grace:
            return
        fcntl.flock(handle, fcntl.LOCK_UN)
        time.sleep(grace)
        if try_exclusive_lock(handle, 0):
            return


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
