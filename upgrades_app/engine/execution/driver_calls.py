"""Driver calls that execute a step and that roll it back."""

from apps_app.drivers.base import DriverError, Session, SessionResult
from upgrades_app.engine.execution.run import PlanRun
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.planning.plan import Step, StepAction


def execute_step(run: PlanRun, session: Session, step: Step) -> SessionResult | None:
    """Execute a step; it is idempotent. Only the last step returns a result. Raises DriverError."""
    match step.action:
        case StepAction.CREATE | StepAction.UPDATE | StepAction.RESTART | StepAction.RECREATE:
            if (after := run.after(step)) is None:
                raise ValueError(f"step {step.position} has nothing to apply")
            session.apply(step.key, after)
        case StepAction.REMOVE:
            session.remove(step.key)
        case StepAction.REMOVE_VOLUME:
            session.remove_volume(step.key)
        case StepAction.FINISH:
            return session.finish()
        case StepAction.NOTHING:
            pass
    return None


def revert_step(run: PlanRun, session: Session, step: Step) -> Message | str:
    """Restore the state before the step and wait until it is healthy; an unchanged component is not touched.

    Raises DriverError where it cannot.
    """
    match step.action:
        case StepAction.NOTHING | StepAction.FINISH:
            return build_message(MessageCode.NOTHING_TO_ROLL_BACK)
        case StepAction.REMOVE_VOLUME if run.plan.starts_containers:
            raise DriverError(f"The data of volume {step.key} is deleted and cannot be restored", permanent=True)
        case StepAction.REMOVE_VOLUME:
            return build_message(MessageCode.NOTHING_TO_ROLL_BACK)
    before = run.before(step)
    if before is not None:
        touched = session.restore(step.key, before)
        if touched:
            return session.wait_for_health(step.key, before)
        return build_message(MessageCode.COMPONENT_UNTOUCHED, step=step.key)
    if step.action is StepAction.CREATE:
        session.remove(step.key)
        return build_message(MessageCode.COMPONENT_REMOVED, step=step.key)
    return build_message(MessageCode.COMPONENT_ABSENT_BEFORE, step=step.key)
