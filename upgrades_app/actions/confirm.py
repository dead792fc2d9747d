"""Confirm a planned record: lock the application and queue the run."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from apps_app.actions.locks import check_unlocked, lock_application
from apps_app.models import Application, ApplicationLock
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from upgrades_app.actions.build_plan import PlanProposal, build_proposal
from upgrades_app.actions.supersede_plans import supersede_plans
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.execution.queue import enqueue_run
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status, UnreadablePlan
from upgrades_app.queries.load_planning_input import LiveState, read_live_state


class StalePlan(OperationRefused):
    """The application or its target changed since the plan was built. `current` is the plan for the current state."""

    def __init__(self, current: PlanProposal) -> None:
        self.current = current
        super().__init__("Plan is out of date. Review the changes and confirm again.")


def confirm_plan(
    record: UpgradeRecord,
    by: Actor,
    *,
    digest: str,
    reason: str | None = None,
    policy: str | None = None,
    live: LiveState | None = None,
    is_current: bool = False,
    queued: bool = False,
) -> UpgradeRecord:
    """Move a record from planned to queued. Raises OperationRefused, or StalePlan with the current plan.

    Reads the target before locking unless `live` is passed. `is_current`: the plan was built from `live` in this
    transaction and is not built again. `queued`: enqueue the run for a worker.
    """
    by.require(record.team, Role.OPERATOR)
    application = _check_confirmable(record, digest)
    changes = {} if reason is None else {"reason": reason.strip()}
    if policy is not None:
        changes["policy"] = UpgradeRecord.Policy(policy)
    if live is None and not is_current:
        live = read_live_state(application)
    with transaction.atomic():
        confirmed = _confirm_locked(record, application, by, changes, None if is_current else live)
        if queued:
            enqueue_run(record.pk)
    return confirmed


def _check_confirmable(record: UpgradeRecord, digest: str) -> Application:
    if record.application is None:
        raise OperationRefused("The application of this plan was deleted.")
    if digest != record.digest:
        raise OperationRefused("Plan is out of date. Review the changes and confirm again.")
    if not record.is_readable:
        raise OperationRefused(f"This plan cannot be confirmed: {UnreadablePlan()}.", url=record.get_absolute_url())
    check_unlocked(record.application)
    return record.application


def _confirm_locked(
    record: UpgradeRecord, application: Application, by: Actor, changes: Mapping[str, str], live: LiveState | None
) -> UpgradeRecord:
    application = lock_application(application)
    _check_no_open_record(record)
    now = {"status": Status.QUEUED, "confirmed_by_label": by.name, "confirmed_at": timezone.now()}
    if UpgradeRecord.objects.planned().filter(pk=record.pk).update(**now, **changes) != 1:
        raise _build_refusal(record)
    if live is not None:
        _check_not_stale(record, application, live)
    record.refresh_from_db()
    supersede_plans(record)
    url = record.get_absolute_url()
    ApplicationLock.objects.create(
        application=application, record_id=record.pk, label=record.title, url=url, by=by.name
    )
    audit.record(by, "confirmed", record, label=str(record), url=url, data={"digest": record.digest})
    return record


def _build_refusal(record: UpgradeRecord) -> OperationRefused:
    record.refresh_from_db(fields=["status", "result", "superseded_by"])
    if record.status == Status.SUPERSEDED:
        return OperationRefused(record.result, url=(record.superseded_by or record).get_absolute_url())
    return OperationRefused(
        f"This plan is already {record.get_status_display().lower()}.", url=record.get_absolute_url()
    )


def _check_no_open_record(record: UpgradeRecord) -> None:
    """Check for open records independently of the lock, which an administrator may have removed."""
    other = UpgradeRecord.objects.open().filter(application=record.application).exclude(pk=record.pk).first()
    if other is not None:
        raise OperationRefused(f"{other} is in progress.", url=other.get_absolute_url())


def _check_not_stale(record: UpgradeRecord, application: Application, live: LiveState) -> None:
    current = build_proposal(
        application,
        OperationKind(record.kind),
        record.to_version,
        Answers.from_json(record.choices, record.value_snapshot_after.secrets),
        live=live,
    )
    if current.plan.fingerprint != record.fingerprint:
        raise StalePlan(current)
