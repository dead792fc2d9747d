"""Statuses of records and steps, and their transitions. Every status change is checked against these tables.

A record: planned, then queued when it is confirmed, running when a worker claims it, and one of the final statuses. A
step failure leads to rolling_back unless the policy is to continue. A plan that is replaced is superseded.
"""

from collections.abc import Mapping
from enum import StrEnum


class RecordStatus(StrEnum):
    PLANNED = "planned"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"
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
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    ROLLBACK_FAILED = "rollback_failed"


OPEN = frozenset({RecordStatus.QUEUED, RecordStatus.RUNNING, RecordStatus.ROLLING_BACK})

"""Confirmed and not ended."""

_R, _S = RecordStatus, StepStatus

RECORD: Mapping[RecordStatus, frozenset[RecordStatus]] = {
    _R.PLANNED: frozenset({_R.QUEUED, _R.DISCARDED, _R.SUPERSEDED}),
    _R.QUEUED: frozenset({_R.RUNNING, _R.ABORTED}),
    _R.RUNNING: frozenset({_R.SUCCEEDED, _R.PARTIALLY_UPGRADED, _R.FAILED, _R.ABORTED, _R.ROLLING_BACK}),
    _R.ROLLING_BACK: frozenset({_R.ROLLED_BACK, _R.ROLLBACK_FAILED}),
}
"""Record status to the statuses that may follow. A status without an entry is final."""

STEP: Mapping[StepStatus, frozenset[StepStatus]] = {
    _S.WAITING: frozenset({_S.RUNNING, _S.DONE, _S.SKIPPED}),
    _S.RUNNING: frozenset({_S.RUNNING, _S.DONE, _S.FAILED, _S.ROLLING_BACK}),
    _S.DONE: frozenset({_S.FAILED, _S.ROLLING_BACK}),
    _S.FAILED: frozenset({_S.ROLLING_BACK, _S.RUNNING}),
    _S.ROLLED_BACK: frozenset({_S.ROLLBACK_FAILED}),
    _S.ROLLING_BACK: frozenset({_S.ROLLING_BACK, _S.ROLLED_BACK, _S.ROLLBACK_FAILED}),
}
"""Step status to the statuses that may follow.

A waiting step without an action is done at once. A resumed run repeats its done steps, which can fail then.
"""


def is_step_transition(before: StepStatus, after: StepStatus) -> bool:
    """Whether a step may change from one status to the other."""
    return after in STEP.get(before, frozenset())


def list_previous_statuses(after: RecordStatus) -> frozenset[RecordStatus]:
    """Return the statuses from which a record may change to `after`, for a compare-and-swap."""
    return frozenset(before for before, allowed in RECORD.items() if after in allowed)
