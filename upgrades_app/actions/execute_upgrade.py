"""Run a confirmed record, or resume one whose worker died."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps_app.actions.refresh_observations import refresh_observations
from apps_app.drivers.base import DriverError, OperationNote
from config.errors import OperationRefused
from upgrades_app.actions.complete_run import complete_run
from upgrades_app.engine.execution.apply import apply_plan
from upgrades_app.engine.execution.rollback import end_unreachable
from upgrades_app.engine.execution.run import (
    EventKind,
    FailurePolicy,
    PlanRun,
    RunEvent,
    RunInterrupted,
    RunOutcome,
    StopRequested,
)
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.message import MessageCode, build_message
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.planning.plan import PLAN_VERSION, Plan, Step, StepAction
from upgrades_app.execution.recorder import RunRecorder, create_steps
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status, UnreadablePlan
from upgrades_app.queries.load_planning_input import open_driver

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
WORKER_LOST = "by another worker because its worker stopped"
INTERNAL_ERROR = "after an internal error"
_PASSED_ON = (OperationRefused, RunInterrupted, OperationalError, InterfaceError)
_LOCKS = 0x75706C  # "upl": namespace of our advisory locks


def execute_upgrade(record_id: int, control: StopRequested = lambda: False) -> UpgradeRecord:
    """Run a record to its end in this process and return it. A finished record is returned unchanged.

    `control` returns True to stop between two steps. Raises RunInterrupted when stopped, and OperationRefused while
    another process runs the record.
    """
    with lock_record(record_id):
        reason = WORKER_LOST
        while (record := claim_attempt(record_id)) is not None:
            if _execute_attempt(record, control, reason):
                refresh_observations(record.subject)
                return record
            reason = INTERNAL_ERROR
        return UpgradeRecord.objects.get(pk=record_id)


def list_orphaned_records() -> list[int]:
    """Return the ids of open records that no process is running."""
    record_ids = UpgradeRecord.objects.open().values_list("pk", flat=True)
    return [record_id for record_id in record_ids if _is_unlocked(record_id)]


def _is_unlocked(record_id: int) -> bool:
    try:
        with lock_record(record_id):
            return True
    except OperationRefused:
        return False


def _execute_attempt(record: UpgradeRecord, control: StopRequested, reason: str) -> bool:
    """Run one attempt; return False if an internal error calls for another one.

    After the last attempt an internal error fails the record, so that it does not block the application forever.
    """
    try:
        create_steps(record)
        complete_run(record, _run_to_end(record, control, reason))
    except _PASSED_ON:
        raise
    except UnreadablePlan as error:
        complete_run(record, build_failed_outcome(record, str(error)))
    except Exception as error:
        logger.exception("internal error while running a record", record=record.pk, attempt=record.attempt)
        if record.attempt < MAX_ATTEMPTS:
            return False
        message = f"Internal error ({type(error).__name__}). See the server log for details"
        complete_run(record, build_failed_outcome(record, message))
    return True


def _run_to_end(record: UpgradeRecord, control: StopRequested, reason: str) -> RunOutcome:
    application, run = record.subject, build_run(record)
    report = RunRecorder(record, run)
    if record.attempt > 1:
        report(RunEvent(EventKind.NOTED, _describe_resume(record, reason), data={"attempt": record.attempt}))
    try:
        driver = open_driver(application)
    except (DriverError, OperationRefused) as error:
        return end_unreachable(run, report, str(error))
    return apply_plan(run, driver, application.placement, _build_note(record), report, clock=time, control=control)


def _describe_resume(record: UpgradeRecord, reason: str) -> str:
    """Return for example "Resumed after an internal error, 34 s after the last event (attempt 2)"."""
    last = record.events.aggregate(at=Max("at"))["at"] or record.started_at
    gap = f"{(timezone.now() - last).total_seconds():.0f} s" if last is not None else "some time"
    return f"Resumed {reason}, {gap} after the last event (attempt {record.attempt})"


def claim_attempt(record_id: int) -> UpgradeRecord | None:
    """Start a new attempt and return the record, or None if it is not open."""
    with transaction.atomic():
        open_records = UpgradeRecord.objects.open().filter(pk=record_id)
        if not open_records.update(attempt=F("attempt") + 1, started_at=Coalesce("started_at", timezone.now())):
            return None
        UpgradeRecord.objects.filter(pk=record_id, status=Status.QUEUED).update(status=Status.RUNNING)
    return UpgradeRecord.objects.select_related("application__target", "application__team", "to_version").get(
        pk=record_id
    )


def build_run(record: UpgradeRecord) -> PlanRun:
    """Build the run of a record. Raises UnreadablePlan."""
    return replace(
        _build_plan_run(record, record.stored_plan),
        secrets_before=record.value_snapshot_before.in_effect,
        secrets_after=record.value_snapshot_after.in_effect,
    )


_NO_REASON = build_message(MessageCode.STEP_NOTHING)
"""The stored reasons are not needed to end a record."""


def build_failed_outcome(record: UpgradeRecord, error: str) -> RunOutcome:
    """Build the outcome of a record that cannot be resumed; started steps end in an unknown state.

    Only needs the step rows, so it also works for an unreadable plan.
    """
    steps = tuple(
        Step(position=row.position, wave=row.wave, key=row.key, action=StepAction(row.action), reason=_NO_REASON)
        for row in record.steps.all()
    )
    run = _build_plan_run(
        record,
        Plan(
            version=PLAN_VERSION,
            kind=OperationKind(record.kind),
            application=record.application_label,
            from_version=record.from_label,
            to_version=record.to_label,
            steps=steps,
            starts_containers=record.plan.get("starts_containers") is not False,
        ),
    )
    return end_unreachable(run, RunRecorder(record, run), error)


def _build_plan_run(record: UpgradeRecord, plan: Plan) -> PlanRun:
    rolling_back = record.status == Status.ROLLING_BACK
    return PlanRun(
        plan=plan,
        salt=record.subject.digest_key,
        policy=FailurePolicy(record.policy),
        statuses={row.position: StepStatus(row.status) for row in record.steps.all()},
        rolling_back=rolling_back,
        error=_find_first_error(record) if rolling_back else "",
    )


def _find_first_error(record: UpgradeRecord) -> str:
    return next((row.error for row in record.steps.all() if row.error), record.result)


def _build_note(record: UpgradeRecord) -> OperationNote:
    lines = [
        f"Application: {record.application_label} ({record.subject.slug})",
        f"Template: {record.template_label}" if record.template_label else "",
        f"From: {record.from_label or 'none'}",
        f"To: {record.to_label}" if record.to_label else "",
        f"Record: {record.pk}",
        f"Plan: {record.digest}",
        f"Reason: {record.reason}" if record.reason else "",
    ]
    return OperationNote(str(record), "\n".join(filter(None, lines)), record.confirmed_by_label)


@contextmanager
def lock_record(record_id: int) -> Iterator[None]:
    """Hold an advisory lock on a record; the database releases it when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, record_id])
        if not cursor.fetchone()[0]:
            raise OperationRefused(f"Record {record_id} is already running in another process.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, record_id])
