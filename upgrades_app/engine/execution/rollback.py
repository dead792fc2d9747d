"""Everything goes back, last first: what was there before is there again, or it is said what is not."""

from collections.abc import Mapping

from apps_app.drivers.base import DriverError, Observed, Session
from upgrades_app.engine.execution import outcome
from upgrades_app.engine.execution.attempt import Attempt
from upgrades_app.engine.execution.driver_calls import take_back
from upgrades_app.engine.execution.run import Event, EventKind, Outcome, Report, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.planning.plan import Action, Step

_TOUCHED = frozenset({StepStatus.RUNNING, StepStatus.DONE, StepStatus.FAILED, StepStatus.UNDOING})


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
    text = run.error or error
    return outcome.rollback_failed(run.plan, lost, None, text) if lost else outcome.rolled_back(run.plan, text)


class Undo(Attempt):
    """An attempt that can take its steps back."""

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
        existing = self.seen()
        if self.not_back(existing):
            existing = self.made_lasting(session)
        for step in self.not_back(existing):
            self.report(EventKind.UNDO_FAILED, f"{step.key} is not on the target as it was before", step)
        if lost := self.with_status(StepStatus.UNDO_FAILED):
            arrived = {step.key for step in lost if self.is_as_planned(step, existing or {})}
            return outcome.rollback_failed(self.run.plan, lost, existing, self.error, arrived)
        return outcome.rolled_back(self.run.plan, self.error)

    def undo(self, session: Session, step: Step) -> None:
        self.report(EventKind.UNDOING, f"{step.key or 'the end'} is taken back", step)
        try:
            text = self.tried(step, lambda: self.take_back(session, step))
        except DriverError as error:
            self.report(EventKind.UNDO_FAILED, str(error), step)
        else:
            self.report(EventKind.UNDONE, text, step)

    def take_back(self, session: Session, step: Step) -> str:
        if step.action is Action.REMOVE_VOLUME and step.position in self.refused:
            return "nothing was to be undone: the volume was not deleted"
        return take_back(self.run, session, step)

    def not_back(self, there: Mapping[str, Observed] | None) -> tuple[Step, ...]:
        """The undone steps of which the target shows otherwise: its end had failed too late to leave no trace."""
        undone = self.with_status(StepStatus.UNDONE)
        return () if there is None else tuple(step for step in undone if not self.is_back(step, there))

    def is_back(self, step: Step, existing: Mapping[str, Observed]) -> bool:
        before, observed = self.run.before(step), existing.get(step.key)
        if not step.action.changes_component:
            return True
        if before is None:
            return observed is None or not observed.present
        return observed is not None and observed.digest == before.digest

    def is_as_planned(self, step: Step, existing: Mapping[str, Observed]) -> bool:
        after, observed = self.run.after(step), existing.get(step.key)
        return after is not None and observed is not None and observed.digest == after.digest

    def made_lasting(self, session: Session) -> Mapping[str, Observed] | None:
        """What is there once the undoing itself was finished, as far as that was possible."""
        try:
            self.report(EventKind.NOTED, self.tried(None, session.finish).sentence)
        except DriverError as error:
            self.report(EventKind.NOTED, str(error))
        return self.seen()
