"""Preflight: checks of all steps against the target, and preparation (image pulls), before the first step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from apps_app.drivers.base import ComponentPart, Driver, DriverError, Placement, TransferProgress
from apps_app.drivers.issues import IssueCode, PreflightIssue, Severity
from upgrades_app.engine.execution.run import PlanRun
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.planning.plan import Plan, Step, StepAction


@dataclass(frozen=True, slots=True)
class PreflightResult:
    """The issues of one step or of all steps, without repetitions."""

    issues: tuple[PreflightIssue, ...] = ()

    @classmethod
    def from_error(cls, message: str) -> "PreflightResult":
        """Return a result for a target that cannot be checked."""
        return cls((PreflightIssue(IssueCode.TARGET_ERROR, params={"reason": message}),))

    @property
    def errors(self) -> tuple[PreflightIssue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[PreflightIssue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is Severity.WARNING)

    def __add__(self, other: "PreflightResult") -> "PreflightResult":
        return PreflightResult((*self.issues, *(issue for issue in other.issues if issue not in self.issues)))


class EventCallback(Protocol):
    """Report one event of a step."""

    def __call__(self, message: Message, **data: str | int) -> None: ...


class PreparationProgress:
    """Progress callback of one step's preparation; `subject` is the image pulled, or "" if nothing was missing."""

    def __init__(self, report: EventCallback) -> None:
        self._report = report
        self.subject = ""

    def __call__(self, progress: TransferProgress) -> None:
        self.subject = progress.subject
        message = build_message(MessageCode.PULL_STARTED, subject=progress.subject)
        if progress.total:
            done, total = _format_bytes(progress.done), _format_bytes(progress.total)
            message = build_message(MessageCode.PULLING, subject=progress.subject, done=done, total=total)
        data: dict[str, str | int] = {"subject": progress.subject, "done": progress.done, "total": progress.total}
        self._report(message, **data)


def list_checked_steps(plan: Plan) -> tuple[Step, ...]:
    """Return the steps that are checked against the target."""
    return plan.changing_steps


def check_step(run: PlanRun, driver: Driver, placement: Placement, step: Step) -> PreflightResult:
    """Check one step against the target. Raises DriverError if the target is unreachable."""
    if step.action is StepAction.REMOVE_VOLUME:
        return PreflightResult(tuple(driver.check_volume(placement, step.key)))
    requested = (placement, step.key, run.before(step), run.after(step))
    return PreflightResult(tuple(driver.check(*requested)))


def run_checks(run: PlanRun, driver: Driver, placement: Placement) -> PreflightResult:
    """Check all steps. A target that becomes unreachable is an error of the result."""
    preflight_result = PreflightResult()
    for step in list_checked_steps(run.plan):
        try:
            preflight_result += check_step(run, driver, placement, step)
        except DriverError as error:
            return preflight_result + PreflightResult.from_error(str(error))
    return preflight_result


def list_parts_to_prepare(run: PlanRun) -> Iterator[tuple[Step, ComponentPart]]:
    """Yield every part that the steps apply."""
    for step in list_checked_steps(run.plan):
        part = run.after(step)
        if step.action.changes_component and part is not None:
            yield step, part


def _format_bytes(count: int) -> str:
    """`340 kB`, `12.4 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
