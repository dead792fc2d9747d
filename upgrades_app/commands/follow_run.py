"""Run a record in this process, print its events, and stop between two steps on Ctrl-C."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from config.commands import CommandFailed
from config.errors import OperationRefused
from upgrades_app.actions.execute_upgrade import execute_upgrade
from upgrades_app.engine.execution.run import EventKind, RunInterrupted
from upgrades_app.models import UpgradeEvent, UpgradeRecord

PAUSE = 0.5
MARKS = {
    EventKind.STARTED: "…",
    EventKind.DONE: "✓",
    EventKind.FAILED: "✕",
    EventKind.STEP_ROLLBACK_FAILED: "✕",
    EventKind.CHECK_FAILED: "✕",
    EventKind.WARNED: "!",
    EventKind.PREPARING: "↓",
    EventKind.PREPARED: "✓",
    EventKind.SKIPPED: "−",
}
STOPPED = "Stopped between two steps. A worker (manage.py run --no-web) will resume the record."


def run_and_follow(record: UpgradeRecord, write_line: Callable[[str], None]) -> UpgradeRecord:
    """Run a record, or follow the worker that runs it. Raises CommandFailed when stopped with Ctrl-C."""
    follower = RunFollower(record, write_line)
    with follower.handle_signals():
        try:
            return _follow_to_end(record.pk, follower)
        except RunInterrupted as interrupted:
            raise CommandFailed(STOPPED, record=record.pk, url=record.get_absolute_url()) from interrupted
        finally:
            follower.write_new_events()


def _follow_to_end(record_id: int, follower: RunFollower) -> UpgradeRecord:
    while True:
        try:
            return execute_upgrade(record_id, control=follower)
        except OperationRefused:  # another process runs it; if that dies, the next attempt resumes it
            if follower():
                raise RunInterrupted from None
            time.sleep(PAUSE)


class RunFollower:
    """Run control: called between two steps, prints new events and returns whether to stop."""

    def __init__(self, record: UpgradeRecord, write_line: Callable[[str], None]) -> None:
        self.record, self.write_line = record, write_line
        self.last_event = 0
        self.is_stopping = False

    def __call__(self) -> bool:
        self.write_new_events()
        return self.is_stopping

    def write_new_events(self) -> None:
        for event in UpgradeEvent.objects.filter(record=self.record, pk__gt=self.last_event).order_by("pk"):
            self.last_event = event.pk
            self.write_line(f"  {MARKS.get(EventKind(event.kind), ' ')} {event.text}")

    @contextmanager
    def handle_signals(self) -> Iterator[None]:
        """Stop between two steps on the first Ctrl-C, at once on the second. Main thread only."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.is_stopping:
            raise KeyboardInterrupt
        self.is_stopping = True
