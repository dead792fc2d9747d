"""Give up a record that is stuck: it ends as failed, the application is free, and the next plan mends what is open."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from upgrades_app.actions.complete_run import settle
from upgrades_app.actions.execute_upgrade import alone, claim, given_up
from upgrades_app.engine.execution.run import EventKind, Outcome
from upgrades_app.engine.execution.status_machine import RecordStatus
from upgrades_app.engine.planning.plan import Action
from upgrades_app.execution.recorder import prepare_steps
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep

UNTOUCHED = "Interrupted before anything was changed. It can be planned again."
RESTORED = "Interrupted when everything had been put back. It can be planned again."


def interrupt(record: UpgradeRecord, by: Actor, *, reason: str = "") -> UpgradeRecord:
    """Ends an open record that no worker holds, without asking its target; returns it as it is then.

    What it had begun counts as unknown, so that the next plan applies it again. Raises Refused while a worker runs the
    record, and when it is not open.
    """
    by.require(record.team, Role.OWNER)
    with alone(record.pk), transaction.atomic():
        if record.application is not None:  # locked before the record, as the confirm does
            Application.objects.select_for_update().filter(pk=record.application.pk).first()
        mine = claim(record.pk)
        if mine is None:
            record.refresh_from_db(fields=["status"])
            raise Refused(f"{record} is {record.get_status_display().lower()}: there is nothing to interrupt.")
        text = f"Marked as interrupted by {by.name}" + (f": {reason.strip()}" if reason.strip() else "")
        settle(mine, _ended(mine, text))
        audit.record(by, "marked as interrupted", mine, label=str(mine), data={"reason": reason.strip()})
    return mine


def _ended(record: UpgradeRecord, text: str) -> Outcome:
    if record.is_readable:
        prepare_steps(record)
    UpgradeEvent.objects.create(record=record, kind=EventKind.NOTED.value, text=text)
    outcome = given_up(record, text)
    return replace(outcome, sentence=_sentence(record, outcome))


def _sentence(record: UpgradeRecord, outcome: Outcome) -> str:
    """What nobody knows now, and what to do about it."""
    lost = record.steps.filter(status=UpgradeStep.Status.UNDO_FAILED)
    keys = [row.key for row in lost if row.action != Action.REMOVE_VOLUME]
    volumes = [row.key for row in lost if row.action == Action.REMOVE_VOLUME]
    result = [f"it is not known how {_list(keys)} stand{'s' if len(keys) == 1 else ''} on the target"] if keys else []
    result += [f"volume {name} may be deleted" for name in volumes]
    if not result:
        return RESTORED if outcome.status is RecordStatus.ROLLED_BACK else UNTOUCHED
    advice = "Upgrade or apply the changes again: the next plan applies what is not known once more."
    return f"Interrupted, not restored: {'; '.join(result)}. {advice}"


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
