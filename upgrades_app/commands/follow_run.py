"""A confirmed record to its end in this process, telling what happens, and stopping between two steps when asked to."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from config.commands import Failed
from config.errors import Refused
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.engine.execution.run import EventKind, Interrupted
from upgrades_app.models import UpgradeEvent, UpgradeRecord

PAUSE = 0.5
MARKS = {
    EventKind.STARTED: "…",
    EventKind.DONE: "✓",
    EventKind.FAILED: "✕",
    EventKind.UNDO_FAILED: "✕",
    EventKind.OBJECTED: "✕",
    EventKind.WARNED: "!",
    EventKind.PREPARING: "↓",
    EventKind.PREPARED: "✓",
    EventKind.SKIPPED: "−",
}
STOPPED = "Stopped between two steps. The record stays open, and a worker (manage.py run --no-web) goes on with it."


def carry_out(record: UpgradeRecord, tell: Callable[[str], None]) -> UpgradeRecord:
    """Runs it, or waits for the worker that was quicker. Raises Failed when Ctrl-C stopped it."""
    watch = Watch(record, tell)
    with watch.hears_signals():
        try:
            return _to_its_end(record.pk, watch)
        except Interrupted as interrupted:
            raise Failed(STOPPED, record=record.pk, url=record.get_absolute_url()) from interrupted
        finally:
            watch.tell_news()


def _to_its_end(record_id: int, watch: Watch) -> UpgradeRecord:
    while True:
        try:
            return run(record_id, control=watch)
        except Refused:  # another process runs it; should that one die, the next try goes on with it
            if watch():
                raise Interrupted from None
            time.sleep(PAUSE)


class Watch:
    """The control of a run: asked between two steps, it tells the events since and answers whether to stop."""

    def __init__(self, record: UpgradeRecord, tell: Callable[[str], None]) -> None:
        self.record, self.tell = record, tell
        self.seen = 0
        self.stopping = False

    def __call__(self) -> bool:
        self.tell_news()
        return self.stopping

    def tell_news(self) -> None:
        for event in UpgradeEvent.objects.filter(record=self.record, pk__gt=self.seen).order_by("pk"):
            self.seen = event.pk
            self.tell(f"  {MARKS.get(EventKind(event.kind), ' ')} {event.text}")

    @contextmanager
    def hears_signals(self) -> Iterator[None]:
        """The first Ctrl-C stops between two steps, the second at once. Only the main thread hears any."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._heard) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            raise KeyboardInterrupt
        self.stopping = True
