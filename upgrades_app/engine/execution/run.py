"""What goes into running a plan and what comes out of it, step by step and at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from apps_app.drivers.base import Part
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus
from upgrades_app.engine.inputs.component_part import PartSpec, part
from upgrades_app.engine.planning.plan import Plan, Step


class Policy(StrEnum):
    """What happens when a step fails: everything goes back together, or the rest goes on."""

    ROLL_BACK = "roll_back"
    CONTINUE = "continue"


class EventKind(StrEnum):
    CHECKED = "checked"
    OBJECTED = "objected"
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
    UNDOING = "undoing"
    UNDONE = "undone"
    UNDO_FAILED = "undo_failed"
    NOTED = "noted"


_STATUS = {
    EventKind.STARTED: StepStatus.RUNNING,
    EventKind.DONE: StepStatus.DONE,
    EventKind.FAILED: StepStatus.FAILED,
    EventKind.SKIPPED: StepStatus.SKIPPED,
    EventKind.UNDOING: StepStatus.UNDOING,
    EventKind.UNDONE: StepStatus.UNDONE,
    EventKind.UNDO_FAILED: StepStatus.UNDO_FAILED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `step` is the position of the step it happened to, None for the whole record."""

    kind: EventKind
    text: str
    step: int | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def status(self) -> StepStatus | None:
        """What the step has become by it, or None where nothing moved."""
        return None if self.step is None else _STATUS.get(self.kind)


@dataclass(frozen=True, slots=True)
class Run:
    """A confirmed plan, how far it came, and the secrets of both sides.

    `statuses` is by position (absent: waiting); `rolling_back` says that a run before this one had begun to, because of
    `error`.
    """

    plan: Plan
    salt: bytes = field(repr=False)
    secrets_before: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets_after: Mapping[str, str] = field(default_factory=dict, repr=False)
    policy: Policy = Policy.ROLL_BACK
    statuses: Mapping[int, StepStatus] = field(default_factory=dict)
    rolling_back: bool = False
    error: str = ""

    @property
    def resumed(self) -> bool:
        return self.rolling_back or any(status is not StepStatus.WAITING for status in self.statuses.values())

    def before(self, step: Step) -> Part | None:
        """What the driver had put there before the step."""
        return self._part(step.before, self.secrets_before)

    def after(self, step: Step) -> Part | None:
        """What the driver shall put there."""
        return self._part(step.after, self.secrets_after)

    def _part(self, spec: PartSpec | None, secrets: Mapping[str, str]) -> Part | None:
        return None if spec is None else part(spec, secrets, self.salt)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `sentence` says so to people; `reference` is the target's own name for it (a commit)."""

    status: RecordStatus
    sentence: str
    reference: str = ""
    error: str = ""


class Interrupted(Exception):
    """The worker was asked to stop between two steps; the run can be resumed."""


class Clock(Protocol):
    """Time as apply needs it; the `time` module is one."""

    def sleep(self, seconds: float, /) -> None: ...


type Report = Callable[[Event], None]
type Control = Callable[[], bool]
