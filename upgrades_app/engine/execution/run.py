"""Input, events and outcome of running a plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart
from apps_app.drivers.issues import PreflightIssue
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus
from upgrades_app.engine.inputs.component_part import PartSpec, build_part
from upgrades_app.engine.inputs.message import Message
from upgrades_app.engine.planning.plan import Plan, Step


class FailurePolicy(StrEnum):
    """What happens when a step fails: roll back everything, or continue with the other steps."""

    ROLL_BACK = "roll_back"
    CONTINUE = "continue"


class EventKind(StrEnum):
    CHECKED = "checked"
    CHECK_FAILED = "check_failed"
    WARNED = "warned"
    PREPARING = "preparing"
    PREPARED = "prepared"
    STARTED = "started"
    RETRIED = "retried"
    GATED = "gated"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    ROLLING_BACK = "rolling_back"
    STEP_ROLLING_BACK = "step_rolling_back"
    STEP_ROLLED_BACK = "step_rolled_back"
    STEP_ROLLBACK_FAILED = "step_rollback_failed"
    NOTED = "noted"


_STATUS = {
    EventKind.STARTED: StepStatus.RUNNING,
    EventKind.DONE: StepStatus.DONE,
    EventKind.FAILED: StepStatus.FAILED,
    EventKind.SKIPPED: StepStatus.SKIPPED,
    EventKind.STEP_ROLLING_BACK: StepStatus.ROLLING_BACK,
    EventKind.STEP_ROLLED_BACK: StepStatus.ROLLED_BACK,
    EventKind.STEP_ROLLBACK_FAILED: StepStatus.ROLLBACK_FAILED,
}


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One event; `step` is the position of its step, None for the whole record.

    `message` describes it; without it, `text` is that of a driver or an operator, `issue` the result of a preflight
    check, and without all three it is the step itself that started or ended."""

    kind: EventKind
    text: str = ""
    step: int | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    issue: PreflightIssue | None = None
    message: Message | None = None

    @property
    def status(self) -> StepStatus | None:
        """The new status of the step, or None."""
        return None if self.step is None else _STATUS.get(self.kind)


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A confirmed plan, its progress, and the secrets of both sides.

    `statuses` is by position (absent: waiting); `rolling_back`: an earlier attempt began to roll back because of
    `error`.
    """

    plan: Plan
    salt: bytes = field(repr=False)
    secrets_before: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets_after: Mapping[str, str] = field(default_factory=dict, repr=False)
    policy: FailurePolicy = FailurePolicy.ROLL_BACK
    statuses: Mapping[int, StepStatus] = field(default_factory=dict)
    rolling_back: bool = False
    error: str = ""

    @property
    def resumed(self) -> bool:
        return self.rolling_back or any(status is not StepStatus.WAITING for status in self.statuses.values())

    def before(self, step: Step) -> ComponentPart | None:
        """Return the part before the step."""
        return self._part(step.before, self.secrets_before)

    def after(self, step: Step) -> ComponentPart | None:
        """Return the part to apply."""
        return self._part(step.after, self.secrets_after)

    def _part(self, spec: PartSpec | None, secrets: Mapping[str, str]) -> ComponentPart | None:
        return None if spec is None else build_part(spec, secrets, self.salt)


class LostState(StrEnum):
    """How a component or volume is left by a failed rollback."""

    PLANNED = "planned"
    UNKNOWN = "unknown"
    MISSING = "missing"
    NOT_WRITTEN = "not_written"
    OLD_FILES_MISSING = "old_files_missing"
    LIVE = "live"
    VOLUME_DELETED = "volume_deleted"


@dataclass(frozen=True, slots=True)
class LostStep:
    """A step that could not be rolled back. `detail` is the version (PLANNED) or the component state (LIVE)."""

    key: str
    state: LostState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The result of a run. `reference` is the target's identifier of it (a commit); `issues` are the preflight errors
    that kept it from starting; `lost` are the steps that could not be rolled back."""

    status: RecordStatus
    message: Message
    reference: str = ""
    error: str = ""
    issues: tuple[PreflightIssue, ...] = ()
    lost: tuple[LostStep, ...] = ()


class RunInterrupted(Exception):
    """The worker was asked to stop between two steps; the run can be resumed."""


class Clock(Protocol):
    """Clock of a run; the `time` module is one."""

    def sleep(self, seconds: float, /) -> None: ...


type EventSink = Callable[[RunEvent], None]
type StopRequested = Callable[[], bool]
