"""Which of the driver's verbs does a step, and which takes it back."""

from apps_app.drivers.base import DriverError, Receipt, Session
from upgrades_app.engine.execution.run import Run
from upgrades_app.engine.planning.plan import Action, Step


def perform(run: Run, session: Session, step: Step) -> Receipt | None:
    """Makes the step true; doing it twice is doing it once. Only finish leaves a receipt. Raises DriverError."""
    match step.action:
        case Action.CREATE | Action.UPDATE | Action.RESTART | Action.RECREATE:
            if (after := run.after(step)) is None:
                raise ValueError(f"step {step.position} has nothing to apply")
            session.apply(step.key, after)
        case Action.REMOVE:
            session.remove(step.key)
        case Action.REMOVE_VOLUME:
            session.remove_volume(step.key)
        case Action.FINISH:
            return session.finish()
        case Action.NOTHING:
            pass
    return None


def take_back(run: Run, session: Session, step: Step) -> str:
    """Puts back what was before the step, and waits until it is good again; what still stands is not touched.

    Raises DriverError where it cannot.
    """
    match step.action:
        case Action.NOTHING | Action.FINISH:
            return "nothing was to be undone"
        case Action.REMOVE_VOLUME if run.plan.runs:
            raise DriverError(f"the data of volume {step.key} is deleted and cannot come back", permanent=True)
        case Action.REMOVE_VOLUME:
            return "nothing was to be undone"
    before = run.before(step)
    if before is not None:
        touched = session.restore(step.key, before)
        return session.gate(step.key, before) if touched else f"{step.key} stands as it was"
    if step.action is Action.CREATE:
        session.remove(step.key)
        return f"{step.key} is removed again"
    return f"{step.key} was not part of the application before"
