"""Outcomes of a run."""

from collections.abc import Container, Mapping, Sequence

from apps_app.drivers.base import ObservedComponent, SessionResult
from apps_app.drivers.issues import PreflightIssue
from upgrades_app.engine.execution.run import LostState, LostStep, RunOutcome
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.planning.plan import ComponentOutcome, Plan, Step, StepAction


def build_success(plan: Plan, receipt: SessionResult) -> RunOutcome:
    """Return the outcome of a run whose steps are all done; partial where components were left behind."""
    if ComponentOutcome.BEHIND in plan.outcomes.values():
        return build_partial(plan, {}, receipt, "")
    message = _build_success(plan) if plan.starts_containers else _build_written(plan, receipt.summary)
    return RunOutcome(RecordStatus.SUCCEEDED, message, receipt.reference)


def build_partial(plan: Plan, statuses: Mapping[int, StepStatus], receipt: SessionResult, error: str) -> RunOutcome:
    """Return the outcome of a run where components were left behind, or failed and were rolled back."""
    left = [step for step in plan.steps if statuses.get(step.position, StepStatus.DONE) is not StepStatus.DONE]
    lost = {step.key for step in left if step.action.concerns_component}
    outcomes = plan.outcomes or {
        step.key: ComponentOutcome.PRESENT for step in plan.steps if step.action.concerns_component
    }
    counted = {
        key: outcome
        for key, outcome in outcomes.items()
        if outcome in {ComponentOutcome.PRESENT, ComponentOutcome.BEHIND}
    }
    done = sum(outcome is ComponentOutcome.PRESENT and key not in lost for key, outcome in counted.items())
    volumes = sorted(step.key for step in left if step.action is StepAction.REMOVE_VOLUME)
    message = build_message(
        MessageCode.PARTIAL_AT if plan.outcomes else MessageCode.PARTIAL,
        done=str(done),
        total=str(len(counted)),
        version=plan.to_version,
        volumes=", ".join(volumes),
        summary="" if plan.starts_containers else receipt.summary,
    )
    return RunOutcome(RecordStatus.PARTIALLY_UPGRADED, message, receipt.reference, error)


def build_failure(error: str, issues: Sequence[PreflightIssue] = ()) -> RunOutcome:
    """Return the outcome of a run that ended before it changed anything."""
    message = build_message(MessageCode.FAILED, error=error)
    return RunOutcome(RecordStatus.FAILED, message, error=error, issues=tuple(issues))


def build_rolled_back(plan: Plan, error: str) -> RunOutcome:
    """Return the outcome of a failed run whose steps were all rolled back."""
    return RunOutcome(RecordStatus.ROLLED_BACK, _build_restored(plan), error=error)


def build_rollback_failed(
    plan: Plan,
    lost: Sequence[Step],
    existing: Mapping[str, ObservedComponent] | None,
    error: str,
    arrived: Container[str] = (),
) -> RunOutcome:
    """Return the outcome of a failed run with steps that could not be rolled back.

    `existing` is the live state (None: unreachable), `arrived` the components that are as planned.
    """
    steps = tuple(
        LostStep(step.key, LostState.PLANNED, plan.to_version)
        if step.key in arrived
        else _build_lost_step(plan, step, existing)
        for step in sorted(lost, key=lambda item: item.key)
    )
    message = build_message(MessageCode.ROLLBACK_FAILED)
    return RunOutcome(RecordStatus.ROLLBACK_FAILED, message, error=error, lost=steps)


def _build_success(plan: Plan) -> Message:
    if plan.kind is OperationKind.UNINSTALL:
        return build_message(MessageCode.SUCCEEDED_UNINSTALL)
    if plan.kind is OperationKind.CHANGE or not plan.to_version:
        return build_message(MessageCode.SUCCEEDED_CHANGE)
    return build_message(MessageCode.SUCCEEDED_AT, version=plan.to_version)


def _build_written(plan: Plan, summary: str) -> Message:
    if plan.kind is OperationKind.UNINSTALL:
        return build_message(MessageCode.WRITTEN_UNINSTALL, summary=summary)
    if plan.kind is OperationKind.CHANGE or not plan.to_version:
        return build_message(MessageCode.WRITTEN_CHANGES, summary=summary)
    return build_message(MessageCode.WRITTEN_VERSION, version=plan.to_version, summary=summary)


def _build_restored(plan: Plan) -> Message:
    if plan.kind is OperationKind.INSTALL:
        return build_message(MessageCode.NOT_INSTALLED)
    if plan.from_version:
        return build_message(MessageCode.RESTORED_AT, version=plan.from_version)
    return build_message(MessageCode.RESTORED)


def _build_lost_step(plan: Plan, step: Step, existing: Mapping[str, ObservedComponent] | None) -> LostStep:
    if step.action is StepAction.REMOVE_VOLUME:
        return LostStep(step.key, LostState.VOLUME_DELETED)
    if existing is None:
        return LostStep(step.key, LostState.UNKNOWN)
    observed = existing.get(step.key)
    if observed is None or not observed.present:
        return LostStep(step.key, LostState.MISSING if plan.starts_containers else LostState.NOT_WRITTEN)
    if not plan.starts_containers:
        return LostStep(step.key, LostState.OLD_FILES_MISSING)
    return LostStep(step.key, LostState.LIVE, observed.state)
