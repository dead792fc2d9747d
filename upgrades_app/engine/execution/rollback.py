"""Rollback of a run: steps are reverted in reverse order."""

from collections.abc import Mapping

from apps_app.drivers.base import DriverError, ObservedComponent, Session
from upgrades_app.engine.execution import outcome
from upgrades_app.engine.execution.attempt import RunAttempt
from upgrades_app.engine.execution.driver_calls import revert_step
from upgrades_app.engine.execution.run import EventKind, EventSink, PlanRun, RunEvent, RunOutcome
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.planning.plan import Step, StepAction

_TOUCHED = frozenset({StepStatus.RUNNING, StepStatus.DONE, StepStatus.FAILED, StepStatus.ROLLING_BACK})


def end_unreachable(run: PlanRun, report: EventSink, error: str) -> RunOutcome:
    """Return the outcome of a run whose target is unreachable: steps of an earlier attempt cannot be rolled back."""
    statuses = {step.position: run.statuses.get(step.position, StepStatus.WAITING) for step in run.plan.steps}
    touched = [step for step in run.plan.steps if statuses[step.position] in _TOUCHED]
    lost = [step for step in run.plan.steps if statuses[step.position] is StepStatus.ROLLBACK_FAILED]
    if not touched and not lost and not run.rolling_back:
        return outcome.build_failure(error)
    if not run.rolling_back:
        report(RunEvent(EventKind.ROLLING_BACK, error))
    for step in reversed(touched):
        report(RunEvent(EventKind.STEP_ROLLING_BACK, step=step.position, message=_describe_rollback(step)))
        if step.action.changes_target:
            report(RunEvent(EventKind.STEP_ROLLBACK_FAILED, error, step.position))
            lost.append(step)
        else:
            message = build_message(MessageCode.NOTHING_TO_ROLL_BACK)
            report(RunEvent(EventKind.STEP_ROLLED_BACK, step=step.position, message=message))
    text = run.error or error
    return (
        outcome.build_rollback_failed(run.plan, lost, None, text) if lost else outcome.build_rolled_back(run.plan, text)
    )


class Rollback(RunAttempt):
    """An attempt that can roll back its steps."""

    def roll_back(self, session: Session) -> RunOutcome:
        """Roll back all steps in reverse order. The session is not finished if everything is restored."""
        if not self.run.rolling_back:
            self.report(EventKind.ROLLING_BACK, build_message(MessageCode.ROLLBACK_STARTED))
        for step in reversed(self.run.plan.steps):
            self.pause_for_control()
            if self.statuses[step.position] in _TOUCHED:
                self.undo_step(session, step)
            elif self.statuses[step.position] is StepStatus.WAITING:
                self.report(
                    EventKind.SKIPPED,
                    _build_step_message(step, MessageCode.STEP_NOT_REACHED, MessageCode.FINISH_NOT_REACHED),
                    step,
                )
        existing = self.list_observed()
        if self.report_failure(existing):
            existing = self.finish_session(session)
        for step in self.report_failure(existing):
            self.report(EventKind.STEP_ROLLBACK_FAILED, build_message(MessageCode.NOT_RESTORED, step=step.key), step)
        if lost := self.with_status(StepStatus.ROLLBACK_FAILED):
            arrived = {step.key for step in lost if self.is_as_planned(step, existing or {})}
            return outcome.build_rollback_failed(self.run.plan, lost, existing, self.error, arrived)
        return outcome.build_rolled_back(self.run.plan, self.error)

    def undo_step(self, session: Session, step: Step) -> None:
        self.report(EventKind.STEP_ROLLING_BACK, _describe_rollback(step), step)
        try:
            text = self.retry(step, lambda: self.revert(session, step))
        except DriverError as error:
            self.report(EventKind.STEP_ROLLBACK_FAILED, str(error), step)
        else:
            self.report(EventKind.STEP_ROLLED_BACK, text, step)

    def revert(self, session: Session, step: Step) -> Message | str:
        if step.action is StepAction.REMOVE_VOLUME and step.position in self.refused:
            return build_message(MessageCode.VOLUME_NOT_DELETED)
        return revert_step(self.run, session, step)

    def report_failure(self, existing: Mapping[str, ObservedComponent] | None) -> tuple[Step, ...]:
        """Return the rolled back steps whose live state differs: finishing failed after it had changed something."""
        undone = self.with_status(StepStatus.ROLLED_BACK)
        return () if existing is None else tuple(step for step in undone if not self.is_restored(step, existing))

    def is_restored(self, step: Step, existing: Mapping[str, ObservedComponent]) -> bool:
        before, observed = self.run.before(step), existing.get(step.key)
        if not step.action.changes_component:
            return True
        if before is None:
            return observed is None or not observed.present
        return observed is not None and observed.digest == before.digest

    def is_as_planned(self, step: Step, existing: Mapping[str, ObservedComponent]) -> bool:
        after, observed = self.run.after(step), existing.get(step.key)
        return after is not None and observed is not None and observed.digest == after.digest

    def finish_session(self, session: Session) -> Mapping[str, ObservedComponent] | None:
        """Finish the rollback, and return the live state."""
        try:
            self.report(EventKind.NOTED, self.retry(None, session.finish).summary)
        except DriverError as error:
            self.report(EventKind.NOTED, str(error))
        return self.list_observed()


def _describe_rollback(step: Step) -> Message:
    return _build_step_message(step, MessageCode.STEP_ROLLING_BACK, MessageCode.FINISH_ROLLING_BACK)


def _build_step_message(step: Step, code: MessageCode, finish_code: MessageCode) -> Message:
    """Return the message of a component's or volume's step, or that of the last step."""
    return build_message(code, step=step.key) if step.key else build_message(finish_code)
