"""Run a confirmed record, or the rest of one whose worker died."""

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

from apps_app.actions.refresh_observations import observe
from apps_app.drivers.base import DriverError, Note
from config.errors import Refused
from upgrades_app.actions.complete_run import settle
from upgrades_app.engine.execution.apply import apply
from upgrades_app.engine.execution.rollback import unreachable
from upgrades_app.engine.execution.run import Control, Event, EventKind, Interrupted, Outcome, Policy, Run
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.planning.plan import Action, Plan, Step
from upgrades_app.execution.recorder import Recorder, prepare_steps
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status, Unreadable
from upgrades_app.queries.load_planning_input import driver_of

logger = structlog.get_logger(__name__)

TRIES = 3
GONE = "by another worker, since the one that ran it is gone"
FAULT = "after a fault of Uplift's own"
_PASSING = (Refused, Interrupted, OperationalError, InterfaceError)
_LOCKS = 0x75706C  # "upl": our own range of advisory locks


def run(record_id: int, control: Control = lambda: False) -> UpgradeRecord:
    """Runs the record to its end in this process and returns it; one that has ended is returned as it is.

    `control` answers True to stop between two steps. Raises Interrupted then, and Refused while another process
    runs this record.
    """
    with alone(record_id):
        why = GONE
        while (record := claim(record_id)) is not None:
            if _ended(record, control, why):
                observe(record.subject)
                return record
            why = FAULT
        return UpgradeRecord.objects.get(pk=record_id)


def abandoned() -> list[int]:
    """The open records that no process runs."""
    open_ones = UpgradeRecord.objects.open().values_list("pk", flat=True)
    return [record_id for record_id in open_ones if _is_free(record_id)]


def _is_free(record_id: int) -> bool:
    try:
        with alone(record_id):
            return True
    except Refused:
        return False


def _ended(record: UpgradeRecord, control: Control, why: str) -> bool:
    """Whether it came to its end, and that is written; False where a fault of our own came up and it is to be tried
    again. After some tries such a fault is the end: nobody should wait for ever."""
    try:
        prepare_steps(record)
        settle(record, _through(record, control, why))
    except _PASSING:
        raise
    except Unreadable as error:
        settle(record, given_up(record, str(error)))
    except Exception as error:
        logger.exception("record failed by a fault of our own", record=record.pk, attempt=record.attempt)
        if record.attempt < TRIES:
            return False
        why = f"Uplift itself failed here ({type(error).__name__}); its log says more"
        settle(record, given_up(record, why))
    return True


def _through(record: UpgradeRecord, control: Control, why: str) -> Outcome:
    application, work = record.subject, run_of(record)
    report = Recorder(record, work)
    if record.attempt > 1:
        report(Event(EventKind.NOTED, _taken_up(record, why), data={"attempt": record.attempt}))
    try:
        driver = driver_of(application)
    except (DriverError, Refused) as error:
        return unreachable(work, report, str(error))
    return apply(work, driver, application.placement, _note(record), report, clock=time, control=control)


def _taken_up(record: UpgradeRecord, why: str) -> str:
    """ "Taken up again by another worker, 34 s after the last event; tried 2 times" """
    last = record.events.aggregate(at=Max("at"))["at"] or record.started_at
    gap = f"{(timezone.now() - last).total_seconds():.0f} s" if last is not None else "some time"
    return f"Taken up again {why}, {gap} after the last event; tried {record.attempt} times"


def claim(record_id: int) -> UpgradeRecord | None:
    """The record as this attempt's own, or None when there is nothing left to run."""
    with transaction.atomic():
        open_ones = UpgradeRecord.objects.open().filter(pk=record_id)
        if not open_ones.update(attempt=F("attempt") + 1, started_at=Coalesce("started_at", timezone.now())):
            return None
        UpgradeRecord.objects.filter(pk=record_id, status=Status.QUEUED).update(status=Status.RUNNING)
    return UpgradeRecord.objects.select_related("application__target", "application__team", "to_version").get(
        pk=record_id
    )


def run_of(record: UpgradeRecord) -> Run:
    """Raises Unreadable."""
    return replace(
        _begun(record, record.stored_plan),
        secrets_before=record.values_before_given.in_effect,
        secrets_after=record.values_after_given.in_effect,
    )


def given_up(record: UpgradeRecord, why: str) -> Outcome:
    """The end of a record that cannot be run any more: what was begun is not known to stand as it was. It needs
    nothing but the rows of its steps."""
    steps = tuple(
        Step(position=row.position, wave=row.wave, key=row.key, action=Action(row.action), sentence=row.sentence)
        for row in record.steps.all()
    )
    work = _begun(
        record,
        Plan(
            kind=Kind(record.kind),
            application=record.application_label,
            from_version=record.from_label,
            to_version=record.to_label,
            steps=steps,
            runs=record.plan.get("runs") is not False,
        ),
    )
    return unreachable(work, Recorder(record, work), why)


def _begun(record: UpgradeRecord, plan: Plan) -> Run:
    rolling_back = record.status == Status.ROLLING_BACK
    return Run(
        plan=plan,
        salt=record.subject.key_of_digests,
        policy=Policy(record.policy),
        statuses={row.position: StepStatus(row.status) for row in record.steps.all()},
        rolling_back=rolling_back,
        error=_first_error(record) if rolling_back else "",
    )


def _first_error(record: UpgradeRecord) -> str:
    return next((row.error for row in record.steps.all() if row.error), record.result)


def _note(record: UpgradeRecord) -> Note:
    lines = [
        f"Application: {record.application_label} ({record.subject.slug})",
        f"Template: {record.template_label}" if record.template_label else "",
        f"From: {record.from_label or 'nothing'}",
        f"To: {record.to_label}" if record.to_label else "",
        f"Record: {record.pk}",
        f"Plan: {record.digest}",
        f"Reason: {record.reason}" if record.reason else "",
    ]
    return Note(str(record), "\n".join(filter(None, lines)), record.confirmed_by_label)


@contextmanager
def alone(record_id: int) -> Iterator[None]:
    """One process at a time; the database lets go at once when that process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, record_id])
        if not cursor.fetchone()[0]:
            raise Refused(f"Record {record_id} is being run by another process.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, record_id])
