"""Execute a plan: preflight checks, then the steps, and a rollback on failure.

The run reports events and records nothing: the event sink commits each event before the next action. An error of the
sink and a stop request leave everything as it is; the run can be resumed with the reported statuses.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from apps_app.drivers.base import Driver, DriverError, OperationNote, Placement, Session
from apps_app.drivers.issues import PreflightIssue
from upgrades_app.engine.execution import outcome
from upgrades_app.engine.execution.attempt import LOST
from upgrades_app.engine.execution.driver_calls import execute_step
from upgrades_app.engine.execution.preflight import (
    PreflightResult,
    PreparationProgress,
    check_step,
    list_checked_steps,
    list_parts_to_prepare,
)
from upgrades_app.engine.execution.rollback import Rollback, end_unreachable
from upgrades_app.engine.execution.run import (
    Clock,
    EventKind,
    EventSink,
    FailurePolicy,
    PlanRun,
    RunOutcome,
    StopRequested,
)
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.planning.plan import Step, StepAction


def apply_plan(
    run: PlanRun,
    driver: Driver,
    placement: Placement,
    note: OperationNote,
    report: EventSink,
    *,
    clock: Clock,
    control: StopRequested,
) -> RunOutcome:
    """Run the plan, or the rest of it, and return its outcome.

    `control` is called between steps and returns True to stop. Raises RunInterrupted then, and errors of `report`.
    """
    return _PlanExecution(run, driver, placement, report, clock, control).run_to_end(note)


class _PlanExecution(Rollback):
    def run_to_end(self, note: OperationNote) -> RunOutcome:
        if not self.run.resumed:
            if errors := self.run_preflight():
                return outcome.build_failure("", errors)
            if missing := self.prepare():
                return outcome.build_failure("; ".join(missing))
        with ExitStack() as stack:
            try:
                session = self.retry(None, lambda: stack.enter_context(self.driver.session(self.placement, note)))
            except DriverError as error:
                return end_unreachable(self.run, self.listener, str(error))
            result = self.roll_back(session) if self.run.rolling_back else self.run_steps(session)
            self.close(stack)
            return result

    def close(self, stack: ExitStack) -> None:
        """Leave the session. An error is only noted: the steps are done."""
        try:
            stack.close()
        except DriverError as error:
            self.report(EventKind.NOTED, str(error))

    def run_preflight(self) -> Sequence[PreflightIssue]:
        """Check all steps; report each issue once, with the first step that has it. Nothing has been changed yet."""
        preflight_result = PreflightResult()
        for step in list_checked_steps(self.run.plan):
            try:
                result = self.retry(step, partial(check_step, self.run, self.driver, self.placement, step))
            except DriverError as error:
                result = PreflightResult.from_error(str(error))
            for issue in result.issues:
                if issue not in preflight_result.issues:
                    self.report_issue(issue, step)
            preflight_result += result
        if not preflight_result.errors:
            self.report(EventKind.CHECKED, build_message(MessageCode.CHECKS_PASSED))
        return preflight_result.errors

    def prepare(self) -> Sequence[str]:
        """Prepare all steps before anything is stopped. Return the errors."""
        missing: list[str] = []
        for step, part in list_parts_to_prepare(self.run):
            bringing = PreparationProgress(partial(self.report_preparation, step))
            try:
                self.retry(step, partial(self.driver.prepare, self.placement, step.key, part, bringing))
            except DriverError as error:
                self.report(EventKind.CHECK_FAILED, str(error), step)
                missing.append(str(error))
                continue
            if bringing.subject:
                self.report(EventKind.PREPARED, build_message(MessageCode.PREPARED, subject=bringing.subject), step)
        return tuple(dict.fromkeys(missing))

    def report_preparation(self, step: Step, message: Message, **data: str | int) -> None:
        """Report the progress of a preparation, and stop if requested: nothing has been changed yet."""
        self.report(EventKind.PREPARING, message, step, **data)
        self.pause_for_control()

    def run_steps(self, session: Session) -> RunOutcome:
        for step in self.run.plan.steps:
            self.pause_for_control()
            if step.action is StepAction.FINISH and self.build_unchanged_outcome():
                return self.roll_back(session)
            if not self.run_step(session, step):
                return self.roll_back(session)
        if self.list_lost():
            return outcome.build_partial(self.run.plan, self.statuses, self.receipt, self.error)
        return outcome.build_success(self.run.plan, self.receipt)

    def run_step(self, session: Session, step: Step) -> bool:
        """Execute the rest of one step. Return False if the run has to roll back."""
        match self.statuses[step.position]:
            case status if status in LOST:
                return True
            case StepStatus.FAILED | StepStatus.ROLLING_BACK:
                return self.handle_failure(session, step)
        if self.must_skip(step):
            self.report(EventKind.SKIPPED, build_message(MessageCode.STEP_SKIPPED, step=step.key), step)
            return True
        try:
            self.execute_step(session, step)
        except DriverError as error:
            self.error = str(error)
            if error.untouched:
                self.refused.add(step.position)
            self.report(EventKind.FAILED, str(error), step)
            return self.handle_failure(session, step)
        return True

    def execute_step(self, session: Session, step: Step) -> None:
        """Execute one step. A step that is done is repeated without events: its session may not have been finished."""
        is_repeated = self.statuses[step.position] is StepStatus.DONE
        if step.action is StepAction.NOTHING:
            if not is_repeated:
                self.report(EventKind.DONE, None, step)
            return
        if not is_repeated:
            self.report(EventKind.STARTED, None, step)
        receipt = self.retry(step, lambda: execute_step(self.run, session, step))
        self.receipt = receipt or self.receipt
        if is_repeated:
            return
        if receipt is not None:
            self.report(EventKind.DONE, receipt.summary, step, reference=receipt.reference)
            return
        self.wait_for_health(session, step)
        self.report(EventKind.DONE, None, step)

    def wait_for_health(self, session: Session, step: Step) -> None:
        after = self.run.after(step)
        if step.action.changes_component and after is not None:
            self.report(EventKind.GATED, session.wait_for_health(step.key, after), step)

    def handle_failure(self, session: Session, step: Step) -> bool:
        if self.run.policy is FailurePolicy.ROLL_BACK or step.action is StepAction.FINISH:
            return False
        self.undo_step(session, step)
        return True

    def must_skip(self, step: Step) -> bool:
        lost = self.list_lost()
        return bool(lost) and (step.action is StepAction.REMOVE_VOLUME or not lost.isdisjoint(step.waits_for))

    def build_unchanged_outcome(self) -> bool:
        """Whether steps failed and no other step changed anything, so that there is nothing to finish."""
        done = {StepStatus.DONE, StepStatus.RUNNING}
        return bool(self.list_lost()) and not any(
            self.statuses[step.position] in done for step in self.run.plan.changing_steps
        )
