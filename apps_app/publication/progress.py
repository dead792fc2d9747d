"""How far a publication is: its lines, what they add up to, and what may be done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from apps_app.models import ReleaseRecord
from templates_app.actions.queue_sync import is_queued
from templates_app.models import SyncRecord

_Status = SyncRecord.Status
_Relation = SyncRecord.Relation
FEW = 12


@dataclass(frozen=True)
class Progress:
    """Read once from the sync records; `mark` changes whenever one of them does."""

    lines: tuple[SyncRecord, ...]
    open: bool
    queued: bool = True

    @classmethod
    def of(cls, record: ReleaseRecord) -> Progress:
        lines = tuple(record.version.sync_records.order_by("key")) if record.version is not None else ()
        progress = cls(lines, record.status == "draft")
        if not progress.moving or record.version is None:
            return progress
        return replace(progress, queued=is_queued(record.version))

    @cached_property
    def folded(self) -> tuple[SyncRecord, ...]:
        """Of many lines those that need nobody's eyes: waiting, or done and either unchanged or new as all are."""
        if self.total <= FEW:
            return ()
        all_new = all(line.relation == _Relation.NEW for line in self.lines)
        plain = {_Relation.UNCHANGED, _Relation.NEW} if all_new else {_Relation.UNCHANGED}
        return tuple(
            line
            for line in self.lines
            if line.status == _Status.WAITING or (line.status == _Status.DONE and line.relation in plain)
        )

    @property
    def in_sight(self) -> tuple[SyncRecord, ...]:
        folded = {line.pk for line in self.folded}
        return tuple(line for line in self.lines if line.pk not in folded)

    @property
    def folded_sentence(self) -> str:
        """ "57 synchronized, 3 waiting"."""
        waiting = sum(line.status == _Status.WAITING for line in self.folded)
        counted = ((len(self.folded) - waiting, "synchronized"), (waiting, "waiting"))
        return ", ".join(f"{count} {word}" for count, word in counted if count)

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(line.status for line in self.lines)

    @property
    def done(self) -> int:
        return self.counts[_Status.DONE]

    @property
    def failed(self) -> int:
        return self.counts[_Status.FAILED]

    @property
    def failure(self) -> str:
        """How many could not be synchronized, as a sentence."""
        return f"{self.failed} component{'' if self.failed == 1 else 's'} could not be synchronized"

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def moving(self) -> bool:
        """Whether a worker has something to do."""
        return self.open and bool(self.counts[_Status.WAITING] or self.counts[_Status.RUNNING])

    @property
    def untouched(self) -> bool:
        """Whether no worker has looked at it yet."""
        return self.open and self.total > 0 and self.counts[_Status.WAITING] == self.total

    @property
    def orphaned(self) -> bool:
        """Whether there is something to do and no worker has it: at best a command does it."""
        return self.moving and not self.queued

    @property
    def ready(self) -> bool:
        return self.open and self.total > 0 and self.done == self.total

    @property
    def mark(self) -> str:
        attempts = sum(line.attempts for line in self.lines)
        return f"{self.done}-{self.failed}-{attempts}-{self.counts[_Status.RUNNING]}-{int(self.open)}{int(self.queued)}"

    def announcement(self, last_mark: str) -> str:
        """What is new since the mark `last_mark`, for who listens; only when a line ended."""
        ended = f"{self.done}-{self.failed}-"
        if not last_mark or last_mark.startswith(ended):
            return ""
        text = f"{self.done} of {self.total} components synchronized"
        return f"{text}, {self.failed} failed" if self.failed else text
