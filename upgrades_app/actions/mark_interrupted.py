"""End a stuck record as failed and unlock its application."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.presentation.text import join_names
from upgrades_app.actions.complete_run import complete_run
from upgrades_app.actions.execute_upgrade import build_failed_outcome, claim_attempt, lock_record
from upgrades_app.engine.execution.run import EventKind, RunOutcome
from upgrades_app.engine.execution.status_machine import RecordStatus
from upgrades_app.engine.inputs.message import MessageCode, build_message
from upgrades_app.engine.planning.plan import StepAction
from upgrades_app.execution.recorder import create_steps
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep

UNCHANGED = "Interrupted before any change was made. Plan it again."
ROLLED_BACK = "Interrupted after all changes were rolled back. Plan it again."


def mark_interrupted(record: UpgradeRecord, by: Actor, *, reason: str = "") -> UpgradeRecord:
    """End an open record that no worker runs and return it. The target is not contacted.

    Components of started steps are marked unknown, so that the next plan applies them again. Raises OperationRefused
    while a worker runs the record, and if it is not open.
    """
    by.require(record.team, Role.OWNER)
    with lock_record(record.pk), transaction.atomic():
        if record.application is not None:  # same lock order as confirm_plan
            Application.objects.select_for_update().filter(pk=record.application.pk).first()
        claimed = claim_attempt(record.pk)
        if claimed is None:
            record.refresh_from_db(fields=["status"])
            raise OperationRefused(f"{record} is {record.get_status_display().lower()} and cannot be interrupted.")
        text = f"Marked as interrupted by {by.name}" + (f": {reason.strip()}" if reason.strip() else "")
        complete_run(claimed, _end_record(claimed, text))
        audit.record(by, "marked as interrupted", claimed, label=str(claimed), data={"reason": reason.strip()})
    return claimed


def _end_record(record: UpgradeRecord, text: str) -> RunOutcome:
    if record.is_readable:
        create_steps(record)
    UpgradeEvent.objects.create(record=record, kind=EventKind.NOTED.value, text=text)
    outcome = build_failed_outcome(record, text)
    return replace(outcome, message=build_message(MessageCode.TEXT, text=_build_result(record, outcome)), lost=())


def _build_result(record: UpgradeRecord, outcome: RunOutcome) -> str:
    """Return the result text: the unknown state, and what to do about it."""
    lost = record.steps.filter(status=UpgradeStep.Status.ROLLBACK_FAILED)
    keys = [row.key for row in lost if row.action != StepAction.REMOVE_VOLUME]
    volumes = [row.key for row in lost if row.action == StepAction.REMOVE_VOLUME]
    result = [f"the state of {join_names(keys)} on the target is unknown"] if keys else []
    result += [f"volume {name} may have been deleted" for name in volumes]
    if not result:
        return ROLLED_BACK if outcome.status is RecordStatus.ROLLED_BACK else UNCHANGED
    advice = "Upgrade or apply the changes again to restore a known state."
    return f"Interrupted, not rolled back: {'; '.join(result)}. {advice}"
