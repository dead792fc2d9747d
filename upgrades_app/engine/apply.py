"""A plan becomes true: check all, then step by step, and back again where that fails.

It reports and never records: whoever listens commits each event before the next thing happens. An error of the
listener, and a worker that is asked to stop, leave everything as it is: the run is resumed with the statuses reported.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from apps_app.drivers.base import Driver, Note, Observed, Placement, Receipt, Session
from apps_app.drivers.errors import DriverError
from upgrades_app.engine import outcome
from upgrades_app.engine.plan import Action, Step
from upgrades_app.engine.preflight import Bringing, Findings, check, checked_steps, parts_to_prepare
from upgrades_app.engine.run import Clock, Control, Event, EventKind, Interrupted, Outcome, Policy, Report, Run
from upgrades_app.engine.transitions import StepStatus
from upgrades_app.engine.verbs import perform, take_back

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try of what may pass by itself."""

_TOUCHED = {StepStatus.RUNNING, StepStatus.DONE, StepStatus.FAILED, StepStatus.UNDOING}
_LOST = {StepStatus.SKIPPED, StepStatus.UNDONE, StepStatus.UNDO_FAILED}


def apply(
    run: Run, driver: Driver, placement: Placement, note: Note, report: Report, *, clock: Clock, control: Control
) -> Outcome:
    """Runs the plan, or the rest of it, and says how it ended.

    `control` is asked between steps and answers True to stop. Raises Interrupted then, and whatever `report` raises.
    """
    return _Work(run, driver, placement, report, clock, control).through(note)


def unreachable(run: Run, report: Report, error: str) -> Outcome:
    """The end of a run whose target cannot be had: steps of an earlier run can then not be undone either."""
    statuses = {step.position: run.statuses.get(step.position, StepStatus.WAITING) for step in run.plan.steps}
    touched = [step for step in run.plan.steps if statuses[step.position] in _TOUCHED]
    lost = [step for step in run.plan.steps if statuses[step.position] is StepStatus.UNDO_FAILED]
    if not touched and not lost and not run.rolling_back:
        return outcome.failed(error)
    if not run.rolling_back:
        report(Event(EventKind.ROLLING_BACK, error))
    for step in reversed(touched):
        report(Event(EventKind.UNDOING, f"{step.key or 'the end'} is taken back", step.position))
        if step.action.changes_target:
            report(Event(EventKind.UNDO_FAILED, error, step.position))
            lost.append(step)
        else:
            report(Event(EventKind.UNDONE, "nothing was to be undone", step.position))
    said = run.error or error
    return outcome.rollback_failed(run.plan, lost, None, said) if lost else outcome.rolled_back(run.plan, said)


class _Work:
    def __init__(
        self, run: Run, driver: Driver, placement: Placement, report: Report, clock: Clock, control: Control
    ) -> None:
        self.run, self.driver, self.placement = run, driver, placement
        self.listener, self.clock, self.control = report, clock, control
        self.statuses = {step.position: run.statuses.get(step.position, StepStatus.WAITING) for step in run.plan.steps}
        self.error = run.error
        self.receipt = Receipt("")
        self.refused: set[int] = set()

    def through(self, note: Note) -> Outcome:
        if not self.run.resumed and (refused := self.objections() or self.prepared()):
            return outcome.failed("; ".join(refused))
        with ExitStack() as stack:
            try:
                session = self.tried(None, lambda: stack.enter_context(self.driver.session(self.placement, note)))
            except DriverError as error:
                return unreachable(self.run, self.listener, str(error))
            result = self.back(session) if self.run.rolling_back else self.forward(session)
            self.close(stack)
            return result

    def close(self, stack: ExitStack) -> None:
        """Leaves the session. What is done is done, even where the target complains afterwards."""
        try:
            stack.close()
        except DriverError as error:
            self.report(EventKind.NOTED, str(error))

    def objections(self) -> Sequence[str]:
        """What the target has against any step, each told once, with the first. Nothing has been changed yet."""
        found = Findings()
        for step in checked_steps(self.run.plan):
            try:
                said = self.tried(step, partial(check, self.run, self.driver, self.placement, step))
            except DriverError as error:
                said = Findings((str(error),))
            for sentence in said.objections:
                if sentence not in found.objections:
                    self.report(EventKind.OBJECTED, sentence, step)
            for sentence in said.warnings:
                if sentence not in found.warnings:
                    self.report(EventKind.WARNED, sentence, step)
            found += said
        if not found.objections:
            self.report(EventKind.CHECKED, "The target has no objection to any step")
        return found.objections

    def prepared(self) -> Sequence[str]:
        """Everything that has to be brought is there before anything is stopped; else what cannot be had, and why."""
        missing: list[str] = []
        for step, part in parts_to_prepare(self.run):
            bringing = Bringing(partial(self.bringing, step))
            try:
                self.tried(step, partial(self.driver.prepare, self.placement, step.key, part, bringing))
            except DriverError as error:
                self.report(EventKind.OBJECTED, str(error), step)
                missing.append(str(error))
                continue
            if bringing.subject:
                self.report(EventKind.PREPARED, f"{bringing.subject} is on the target", step)
        return tuple(dict.fromkeys(missing))

    def bringing(self, step: Step, text: str, **data: str | int) -> None:
        """One more piece is there. A worker that is asked to stop does: nothing has been touched yet."""
        self.report(EventKind.PREPARING, text, step, **data)
        self.pause_for_control()

    def forward(self, session: Session) -> Outcome:
        for step in self.run.plan.steps:
            self.pause_for_control()
            if step.action is Action.FINISH and self.nothing_done():
                return self.back(session)
            if not self.come_to(session, step):
                return self.back(session)
        if self.lost():
            return outcome.partly(self.run.plan, self.statuses, self.receipt, self.error)
        return outcome.succeeded(self.run.plan, self.receipt)

    def come_to(self, session: Session, step: Step) -> bool:
        """Does what is left of one step. False: everything has to go back."""
        match self.statuses[step.position]:
            case status if status in _LOST:
                return True
            case StepStatus.FAILED | StepStatus.UNDOING:
                return self.after_failure(session, step)
        if self.must_skip(step):
            self.report(EventKind.SKIPPED, f"{step.key} is left as it is: what it waits for has failed", step)
            return True
        try:
            self.do(session, step)
        except DriverError as error:
            self.error = str(error)
            if error.untouched:
                self.refused.add(step.position)
            self.report(EventKind.FAILED, str(error), step)
            return self.after_failure(session, step)
        return True

    def do(self, session: Session, step: Step) -> None:
        """One step. One that is done already is only made sure of: the session it was done in may not have lasted."""
        again = self.statuses[step.position] is StepStatus.DONE
        if step.action is Action.NOTHING:
            if not again:
                self.report(EventKind.DONE, step.sentence, step)
            return
        if not again:
            self.report(EventKind.STARTED, step.sentence, step)
        receipt = self.tried(step, lambda: perform(self.run, session, step))
        self.receipt = receipt or self.receipt
        if again:
            return
        if receipt is not None:
            self.report(EventKind.DONE, receipt.sentence, step, reference=receipt.reference)
            return
        self.gate(session, step)
        self.report(EventKind.DONE, step.sentence, step)

    def gate(self, session: Session, step: Step) -> None:
        after = self.run.after(step)
        if step.action.changes_component and after is not None:
            self.report(EventKind.GATED, session.gate(step.key, after), step)

    def after_failure(self, session: Session, step: Step) -> bool:
        if self.run.policy is Policy.ROLL_BACK or step.action is Action.FINISH:
            return False
        self.undo(session, step)
        return True

    def back(self, session: Session) -> Outcome:
        """Everything goes back, last first. The session is left unfinished where nothing of it should last."""
        if not self.run.rolling_back:
            self.report(EventKind.ROLLING_BACK, "What was done is undone, last first")
        for step in reversed(self.run.plan.steps):
            self.pause_for_control()
            if self.statuses[step.position] in _TOUCHED:
                self.undo(session, step)
            elif self.statuses[step.position] is StepStatus.WAITING:
                self.report(EventKind.SKIPPED, f"{step.key or 'the end'} was not reached", step)
        there = self.seen()
        if self.not_back(there):
            there = self.made_lasting(session)
        for step in self.not_back(there):
            self.report(EventKind.UNDO_FAILED, f"{step.key} is not on the target as it was before", step)
        if lost := self.with_status(StepStatus.UNDO_FAILED):
            arrived = {step.key for step in lost if self.is_as_planned(step, there or {})}
            return outcome.rollback_failed(self.run.plan, lost, there, self.error, arrived)
        return outcome.rolled_back(self.run.plan, self.error)

    def undo(self, session: Session, step: Step) -> None:
        self.report(EventKind.UNDOING, f"{step.key or 'the end'} is taken back", step)
        try:
            said = self.tried(step, lambda: self.take_back(session, step))
        except DriverError as error:
            self.report(EventKind.UNDO_FAILED, str(error), step)
        else:
            self.report(EventKind.UNDONE, said, step)

    def take_back(self, session: Session, step: Step) -> str:
        if step.action is Action.REMOVE_VOLUME and step.position in self.refused:
            return "nothing was to be undone: the volume was not deleted"
        return take_back(self.run, session, step)

    def not_back(self, there: Mapping[str, Observed] | None) -> tuple[Step, ...]:
        """The undone steps of which the target shows otherwise: its end had failed too late to leave no trace."""
        undone = self.with_status(StepStatus.UNDONE)
        return () if there is None else tuple(step for step in undone if not self.is_back(step, there))

    def is_back(self, step: Step, there: Mapping[str, Observed]) -> bool:
        before, observed = self.run.before(step), there.get(step.key)
        if not step.action.changes_component:
            return True
        if before is None:
            return observed is None or not observed.present
        return observed is not None and observed.digest == before.digest

    def is_as_planned(self, step: Step, there: Mapping[str, Observed]) -> bool:
        after, observed = self.run.after(step), there.get(step.key)
        return after is not None and observed is not None and observed.digest == after.digest

    def made_lasting(self, session: Session) -> Mapping[str, Observed] | None:
        """What is there once the undoing itself was finished, as far as that was possible."""
        try:
            self.report(EventKind.NOTED, self.tried(None, session.finish).sentence)
        except DriverError as error:
            self.report(EventKind.NOTED, str(error))
        return self.seen()

    def must_skip(self, step: Step) -> bool:
        lost = self.lost()
        return bool(lost) and (step.action is Action.REMOVE_VOLUME or not lost.isdisjoint(step.waits_for))

    def lost(self) -> frozenset[str]:
        return frozenset(step.key for step in self.with_status(*_LOST))

    def nothing_done(self) -> bool:
        """Whether steps failed and no other changed anything: then there is nothing to finish."""
        done = {StepStatus.DONE, StepStatus.RUNNING}
        return bool(self.lost()) and not any(self.statuses[step.position] in done for step in self.run.plan.work)

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
