"""How a run ended, in the sentences that pages, commands and logs show."""

from collections.abc import Container, Mapping, Sequence

from apps_app.drivers.base import Observed, Receipt
from upgrades_app.engine.execution.run import Outcome
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.planning.plan import Action, Arrival, Plan, Step


def succeeded(plan: Plan, receipt: Receipt) -> Outcome:
    """Every step is done; where components were left behind, that is only a part. A target that starts nothing says
    what it wrote."""
    if Arrival.BEHIND in plan.arrivals.values():
        return partly(plan, {}, receipt, "")
    sentence = f"Succeeded: {_arrived(plan)}" if plan.runs else f"{_written(plan)} {receipt.sentence}"
    return Outcome(RecordStatus.SUCCEEDED, sentence, receipt.reference)


def partly(plan: Plan, statuses: Mapping[int, StepStatus], receipt: Receipt, error: str) -> Outcome:
    """Some components were left behind, or their steps failed and were put back; the rest went on."""
    left = [step for step in plan.steps if statuses.get(step.position, StepStatus.DONE) is not StepStatus.DONE]
    lost = {step.key for step in left if step.action.is_about_a_component}
    known = plan.arrivals or {step.key: Arrival.PRESENT for step in plan.steps if step.action.is_about_a_component}
    existing = {key: outcome for key, outcome in known.items() if outcome in {Arrival.PRESENT, Arrival.BEHIND}}
    done = sum(outcome is Arrival.PRESENT and key not in lost for key, outcome in existing.items())
    where = f"at {plan.to_version}" if plan.arrivals else "as planned"
    written = f", {receipt.sentence}" if receipt.sentence and not plan.runs else ""
    sentence = f"Partly done: {done} of {len(existing)} components {where}{_still_there(left)}{written}"
    return Outcome(RecordStatus.PARTIALLY_UPGRADED, sentence, receipt.reference, error)


def failed(error: str) -> Outcome:
    """It ended before anything was changed."""
    return Outcome(RecordStatus.FAILED, f"Failed, nothing was changed: {error}", error=error)


def rolled_back(plan: Plan, error: str) -> Outcome:
    """Something failed, and everything is again as it was."""
    return Outcome(RecordStatus.ROLLED_BACK, f"Failed, restored: {_left(plan)}", error=error)


def rollback_failed(
    plan: Plan, lost: Sequence[Step], existing: Mapping[str, Observed] | None, error: str, arrived: Container[str] = ()
) -> Outcome:
    """Something failed and these steps could not be put back; `existing` is what the target shows (None: it cannot be
    asked), `arrived` the components that it has as planned."""
    known = ", ".join(
        f"{step.key} at {plan.to_version or 'what was planned'}" if step.key in arrived else _lost(plan, step, existing)
        for step in sorted(lost, key=lambda item: item.key)
    )
    return Outcome(RecordStatus.ROLLBACK_FAILED, f"Failed, not restored: {known}: act now", error=error)


def _arrived(plan: Plan) -> str:
    if plan.kind is Kind.UNINSTALL:
        return "uninstalled"
    if plan.kind is Kind.CHANGE or not plan.to_version:
        return "the changes are applied"
    return f"at {plan.to_version}"


def _still_there(left: Sequence[Step]) -> str:
    volumes = sorted(step.key for step in left if step.action is Action.REMOVE_VOLUME)
    return f", volume {', '.join(volumes)} not deleted" if volumes else ""


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


def _lost(plan: Plan, step: Step, existing: Mapping[str, Observed] | None) -> str:
    """How it stands: "web stopped"; of a target that starts nothing, how it is written."""
    if step.action is Action.REMOVE_VOLUME:
        return f"volume {step.key} deleted"
    if existing is None:
        return f"{step.key} in an unknown state"
    observed = existing.get(step.key)
    if observed is None or not observed.present:
        return f"{step.key} not {'there' if plan.runs else 'written'}"
    return f"{step.key} {observed.state.replace('_', ' ') if plan.runs else 'not written as it was before'}"
