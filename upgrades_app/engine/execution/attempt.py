"""One attempt at a run: what it asks the target, what it reports, and how far each step has come."""

from collections.abc import Callable, Mapping

from apps_app.drivers.base import Driver, DriverError, Observed, Placement, Receipt
from upgrades_app.engine.execution.run import Clock, Control, Event, EventKind, Interrupted, Report, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.planning.plan import Step

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try of what may pass by itself."""

LOST = frozenset({StepStatus.SKIPPED, StepStatus.UNDONE, StepStatus.UNDO_FAILED})


class Attempt:
    """`statuses` follow what is reported, by position; `refused` has the steps that the target left untouched; `error`
    is what made the run go back."""

    def __init__(
        self, run: Run, driver: Driver, placement: Placement, report: Report, clock: Clock, control: Control
    ) -> None:
        self.run, self.driver, self.placement = run, driver, placement
        self.listener, self.clock, self.control = report, clock, control
        self.statuses = {step.position: run.statuses.get(step.position, StepStatus.WAITING) for step in run.plan.steps}
        self.error = run.error
        self.receipt = Receipt("")
        self.refused: set[int] = set()

    def lost(self) -> frozenset[str]:
        return frozenset(step.key for step in self.with_status(*LOST))

    def with_status(self, *statuses: StepStatus) -> tuple[Step, ...]:
        return tuple(step for step in self.run.plan.steps if self.statuses[step.position] in statuses)

    def seen(self) -> Mapping[str, Observed] | None:
        try:
            return self.driver.read(self.placement)
        except DriverError:
            return None

    def tried[T](self, step: Step | None, verb: Callable[[], T]) -> T:
        """What the verb returns; a DriverError that may pass is tried again after a pause. Raises DriverError."""
        for number, pause in enumerate(PAUSES, start=2):
            try:
                return verb()
            except DriverError as error:
                if error.permanent:
                    raise
                self.report(EventKind.RETRIED, f"{error} (try {number} in {pause:g} s)", step, attempt=number)
            self.clock.sleep(pause)
        return verb()

    def report(self, kind: EventKind, text: str, step: Step | None = None, **data: str | int) -> None:
        event = Event(kind, text, None if step is None else step.position, dict(data))
        self.listener(event)
        if step is not None and event.status is not None:
            self.statuses[step.position] = event.status

    def pause_for_control(self) -> None:
        if self.control():
            raise Interrupted
