"""The statuses of a record and of a step, and which may follow which (design §7)."""

from collections.abc import Mapping
from enum import StrEnum


class RecordStatus(StrEnum):
    PLANNED = "planned"
    DISCARDED = "discarded"
    OVERTAKEN = "overtaken"
    QUEUED = "queued"
    RUNNING = "running"
    ROLLING_BACK = "rolling_back"
    SUCCEEDED = "succeeded"
    PARTIALLY_UPGRADED = "partially_upgraded"
    FAILED = "failed"
    ABORTED = "aborted"
    ROLLED_BACK = "rolled_back"
    ROLLBACK_FAILED = "rollback_failed"


class StepStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNDOING = "undoing"
    UNDONE = "undone"
    UNDO_FAILED = "undo_failed"


OPEN = frozenset({RecordStatus.QUEUED, RecordStatus.RUNNING, RecordStatus.ROLLING_BACK})

_R, _S = RecordStatus, StepStatus

RECORD: Mapping[RecordStatus, frozenset[RecordStatus]] = {
    _R.PLANNED: frozenset({_R.QUEUED, _R.DISCARDED, _R.OVERTAKEN}),
    _R.QUEUED: frozenset({_R.RUNNING, _R.ABORTED}),
    _R.RUNNING: frozenset({_R.SUCCEEDED, _R.PARTIALLY_UPGRADED, _R.FAILED, _R.ABORTED, _R.ROLLING_BACK}),
    _R.ROLLING_BACK: frozenset({_R.ROLLED_BACK, _R.ROLLBACK_FAILED}),
}

STEP: Mapping[StepStatus, frozenset[StepStatus]] = {
    _S.WAITING: frozenset({_S.RUNNING, _S.DONE, _S.SKIPPED}),
    _S.RUNNING: frozenset({_S.RUNNING, _S.DONE, _S.FAILED, _S.UNDOING}),
    _S.DONE: frozenset({_S.FAILED, _S.UNDOING}),
    _S.FAILED: frozenset({_S.UNDOING, _S.RUNNING}),
    _S.UNDONE: frozenset({_S.UNDO_FAILED}),
    _S.UNDOING: frozenset({_S.UNDOING, _S.UNDONE, _S.UNDO_FAILED}),
}


def step_may_follow(before: StepStatus, after: StepStatus) -> bool:
    """Whether a step may go from one status to the other."""
    return after in STEP.get(before, frozenset())


def sources(after: RecordStatus) -> frozenset[RecordStatus]:
    """The statuses a record may come from: what a compare-and-swap asks for."""
    return frozenset(before for before, allowed in RECORD.items() if after in allowed)
