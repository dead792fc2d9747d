"""How a run ended, in the sentences that pages, commands and logs show."""

from collections.abc import Mapping, Sequence

from apps_app.drivers.base import Observed, Receipt
from upgrades_app.engine.plan import Action, Arrival, Plan, Step
from upgrades_app.engine.run import Outcome
from upgrades_app.engine.situation import Kind
from upgrades_app.engine.transitions import RecordStatus, StepStatus


def succeeded(plan: Plan, receipt: Receipt) -> Outcome:
    """Every step is done. A target that starts nothing says what it wrote."""
    sentence = f"Succeeded: {_arrived(plan)}" if plan.runs else f"{_written(plan)} {receipt.sentence}"
    return Outcome(RecordStatus.SUCCEEDED, sentence, receipt.reference)


def partly(plan: Plan, statuses: Mapping[int, StepStatus], receipt: Receipt, error: str) -> Outcome:
    """Some steps failed, were put back, and the rest went on."""
    steps = [one for one in plan.steps if one.action not in {Action.FINISH, Action.REMOVE_VOLUME}]
    done = sum(statuses.get(one.position) is StepStatus.DONE for one in steps)
    where = f"at {plan.to_version}" if plan.to_version else "as planned"
    sentence = f"Partly done: {done} of {len(steps)} components {where}"
    return Outcome(RecordStatus.PARTIALLY_UPGRADED, sentence, receipt.reference, error)


def failed(error: str) -> Outcome:
    """It ended before anything was changed."""
    return Outcome(RecordStatus.FAILED, f"Failed, nothing was changed: {error}", error=error)


def rolled_back(plan: Plan, error: str) -> Outcome:
    """Something failed, and everything is again as it was."""
    return Outcome(RecordStatus.ROLLED_BACK, f"Failed, restored: {_left(plan)}", error=error)


def rollback_failed(lost: Sequence[Step], there: Mapping[str, Observed], error: str) -> Outcome:
    """Something failed and these steps could not be put back; `there` is what is known of the components."""
    known = ", ".join(_lost(step, there.get(step.key)) for step in sorted(lost, key=lambda one: one.key))
    return Outcome(RecordStatus.ROLLBACK_FAILED, f"Failed, not restored: {known}: act now", error=error)


def _arrived(plan: Plan) -> str:
    if plan.kind is Kind.UNINSTALL:
        return "uninstalled"
    if plan.kind is Kind.CHANGE or not plan.to_version:
        return "the changes are applied"
    arrivals = [one for one in plan.arrivals.values() if one in {Arrival.PRESENT, Arrival.BEHIND}]
    if Arrival.BEHIND in arrivals:
        present = arrivals.count(Arrival.PRESENT)
        return f"{present} of {len(arrivals)} components at {plan.to_version}"
    return f"at {plan.to_version}"


def _written(plan: Plan) -> str:
    match plan.kind:
        case Kind.UNINSTALL:
            return "Uninstalled,"
        case Kind.CHANGE:
            return "Changes"
    return plan.to_version or "Changes"


def _left(plan: Plan) -> str:
    if plan.kind is Kind.INSTALL:
        return "not installed"
    return f"at {plan.from_version}" if plan.from_version else "as it was before"


def _lost(step: Step, observed: Observed | None) -> str:
    if step.action is Action.REMOVE_VOLUME:
        return f"volume {step.key} deleted"
    return f"{step.key} {'in an unknown state' if observed is None else observed.state.replace('_', ' ')}"
