"""A plan becomes true: check all, then step by step, and back again where that fails.

It reports and never records: whoever listens commits each event before the next thing happens. An error of the
listener, and a worker that is asked to stop, leave everything as it is: the run is resumed with the statuses reported.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from apps_app.drivers.base import Driver, DriverError, Note, Placement, Session
from upgrades_app.engine.execution import outcome
from upgrades_app.engine.execution.attempt import LOST
from upgrades_app.engine.execution.driver_calls import perform
from upgrades_app.engine.execution.preflight import Bringing, Findings, check, checked_steps, parts_to_prepare
from upgrades_app.engine.execution.rollback import Undo, unreachable
from upgrades_app.engine.execution.run import Clock, Control, EventKind, Outcome, Policy, Report, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.planning.plan import Action, Step


def apply(
    run: Run, driver: Driver, placement: Placement, note: Note, report: Report, *, clock: Clock, control: Control
) -> Outcome:
    """Runs the plan, or the rest of it, and says how it ended.

    `control` is asked between steps and answers True to stop. Raises Interrupted then, and whatever `report` raises.
    """
    return _Work(run, driver, placement, report, clock, control).through(note)


class _Work(Undo):
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
        preflight_result = Findings()
        for step in checked_steps(self.run.plan):
            try:
                message = self.tried(step, partial(check, self.run, self.driver, self.placement, step))
            except DriverError as error:
                message = Findings((str(error),))
            for sentence in message.objections:
                if sentence not in preflight_result.objections:
                    self.report(EventKind.OBJECTED, sentence, step)
            for sentence in message.warnings:
                if sentence not in preflight_result.warnings:
                    self.report(EventKind.WARNED, sentence, step)
            preflight_result += message
        if not preflight_result.objections:
            self.report(EventKind.CHECKED, "The target has no objection to any step")
        return preflight_result.objections

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
            case status if status in LOST:
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
        is_repeated = self.statuses[step.position] is StepStatus.DONE
        if step.action is Action.NOTHING:
            if not is_repeated:
                self.report(EventKind.DONE, step.sentence, step)
            return
        if not is_repeated:
            self.report(EventKind.STARTED, step.sentence, step)
        receipt = self.tried(step, lambda: perform(self.run, session, step))
        self.receipt = receipt or self.receipt
        if is_repeated:
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

    def must_skip(self, step: Step) -> bool:
        lost = self.lost()
        return bool(lost) and (step.action is Action.REMOVE_VOLUME or not lost.isdisjoint(step.waits_for))

    def nothing_done(self) -> bool:
        """Whether steps failed and no other changed anything: then there is nothing to finish."""
        done = {StepStatus.DONE, StepStatus.RUNNING}
        return bool(self.lost()) and not any(self.statuses[step.position] in done for step in self.run.plan.work)
