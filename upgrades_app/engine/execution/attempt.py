"""One attempt at a run: driver calls with retries, events, and the status of each step."""

from collections.abc import Callable, Mapping

from apps_app.drivers.base import Driver, DriverError, ObservedComponent, Placement, SessionResult
from apps_app.drivers.issues import PreflightIssue, Severity
from upgrades_app.engine.execution.run import (
    Clock,
    EventKind,
    EventSink,
    PlanRun,
    RunEvent,
    RunInterrupted,
    StopRequested,
)
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.planning.plan import Step

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third attempt after a temporary error."""

LOST = frozenset({StepStatus.SKIPPED, StepStatus.ROLLED_BACK, StepStatus.ROLLBACK_FAILED})


class RunAttempt:
    """`statuses` follow what is reported, by position; `refused` has the steps that the target did not start; `error`
    is the cause of the rollback."""

    def __init__(
        self,
        run: PlanRun,
        driver: Driver,
        placement: Placement,
        report: EventSink,
        clock: Clock,
        control: StopRequested,
    ) -> None:
        self.run, self.driver, self.placement = run, driver, placement
        self.listener, self.clock, self.control = report, clock, control
        self.statuses = {step.position: run.statuses.get(step.position, StepStatus.WAITING) for step in run.plan.steps}
        self.error = run.error
        self.receipt = SessionResult("")
        self.refused: set[int] = set()

    def list_lost(self) -> frozenset[str]:
        return frozenset(step.key for step in self.with_status(*LOST))

    def with_status(self, *statuses: StepStatus) -> tuple[Step, ...]:
        return tuple(step for step in self.run.plan.steps if self.statuses[step.position] in statuses)

    def list_observed(self) -> Mapping[str, ObservedComponent] | None:
        try:
            return self.driver.read(self.placement)
        except DriverError:
            return None

    def retry[T](self, step: Step | None, verb: Callable[[], T]) -> T:
        """Call a driver verb; retry after a pause on a temporary DriverError. Raises DriverError."""
        for number, pause in enumerate(PAUSES, start=2):
            try:
                return verb()
            except DriverError as error:
                if error.permanent:
                    raise
                message = build_message(MessageCode.RETRY, error=str(error), attempt=str(number), seconds=f"{pause:g}")
                self.report(EventKind.RETRIED, message, step, attempt=number)
            self.clock.sleep(pause)
        return verb()

    def report(
        self, kind: EventKind, message: Message | str | None, step: Step | None = None, **data: str | int
    ) -> None:
        """Report an event. A `str` is the text of a driver; None stands for the step itself."""
        text = message if isinstance(message, str) else ""
        position = None if step is None else step.position
        event = RunEvent(kind, text, position, dict(data), message=message if isinstance(message, Message) else None)
        self.listener(event)
        if step is not None and event.status is not None:
            self.statuses[step.position] = event.status

    def report_issue(self, issue: PreflightIssue, step: Step) -> None:
        kind = EventKind.CHECK_FAILED if issue.severity is Severity.ERROR else EventKind.WARNED
        self.listener(RunEvent(kind, "", step.position, issue=issue))

    def pause_for_control(self) -> None:
        if self.control():
            raise RunInterrupted
