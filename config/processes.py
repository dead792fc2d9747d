"""Child processes that do not outlive the one that started them."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For ``subprocess.Popen(preexec_fn=…)``: Linux sends the child this signal when its parent dies, however it does.

    None where the system has no such thing.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)

    return ask


PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before it is started again, each time that it ended soon."""
STEADY = 60.0
"""What ran for so long had no trouble to start."""

type ProcessStart = Callable[[list[str]], subprocess.Popen[bytes]]


@dataclass
class ChildProcess:
    """One process. `lasting`: when it ends, everything does; another one is started again by `look`."""

    name: str
    command: list[str]
    start: ProcessStart
    stable_after: bool = False
    process: subprocess.Popen[bytes] = field(init=False)
    _since: float = field(init=False)
    _due: float | None = field(init=False, default=None)
    _ended: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._start(time.monotonic())

    def poll(self, now: float) -> str:
        """What has happened to it since the last look, as a sentence; "" where nothing has."""
        if self._due is not None:
            if now < self._due:
                return ""
            self._start(now)
            return f"The {self.name} restarted."
        code = self.process.poll()
        if code is None:
            return ""
        if self.stable_after:
            return f"The {self.name} ended with {code}; stopping."
        self._ended = 1 if now - self._since >= STEADY else self._ended + 1
        pause = PAUSES[min(self._ended, len(PAUSES)) - 1]
        self._due = now + pause
        return f"The {self.name} ended with {code}; restarting in {pause:g} s."

    @property
    def is_over(self) -> bool:
        """Whether everything has to end with it."""
        return self.stable_after and self.process.poll() is not None

    def _start(self, now: float) -> None:
        self.process, self._since, self._due = self.start(self.command), now, None
