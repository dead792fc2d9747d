"""Say yes to a planned record: from here on it runs, and nobody else may change the application."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps_app.actions.busy import lock
from apps_app.models import Application, Busy
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from upgrades_app.actions.propose import Proposal, propose
from upgrades_app.engine.situation import Answers, Kind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status


class Moved(Refused):
    """The application or its target changed since the plan was made; `now` is the plan that it would be today."""

    def __init__(self, now: Proposal) -> None:
        self.now = now
        super().__init__("Something changed since this plan was made. Look at it again before you confirm.")


@transaction.atomic
def confirm(
    record: UpgradeRecord, by: Actor, *, digest: str, reason: str | None = None, policy: str | None = None
) -> UpgradeRecord:
    """planned → queued, with this plan and no other. Raises Refused, or Moved with the plan of now."""
    by.require(record.team, Role.OPERATOR)
    if record.application is None:
        raise Refused("The application of this plan was deleted.")
    application = lock(record.application)
    if digest != record.digest:
        raise Refused("This is not the plan that was shown. Look at it again.")
    _refuse_second(record)
    _refuse_moved(record, application)
    changes: dict[str, object] = {
        "status": Status.QUEUED,
        "confirmed_by_label": by.name,
        "confirmed_at": timezone.now(),
    }
    if reason is not None:
        changes["reason"] = reason.strip()
    if policy is not None:
        changes["policy"] = UpgradeRecord.Policy(policy)
    if UpgradeRecord.objects.filter(pk=record.pk, status=Status.PLANNED).update(**changes) != 1:
        record.refresh_from_db(fields=["status"])
        raise Refused(f"This plan is {record.get_status_display().lower()} already.", url=record.get_absolute_url())
    url = record.get_absolute_url()
    Busy.objects.create(application=application, record_id=record.pk, label=record.title, url=url, by=by.name)
    audit.record(by, "confirmed", record, label=str(record), url=url, data={"digest": digest})
    record.refresh_from_db()
    return record


def _refuse_second(record: UpgradeRecord) -> None:
    """An administrator may have taken the mark away that the lock looks for; the record is open all the same."""
    other = UpgradeRecord.objects.open().filter(application=record.application).exclude(pk=record.pk).first()
    if other is not None:
        raise Refused(f"{other} is at work.", url=other.get_absolute_url())


def _refuse_moved(record: UpgradeRecord, application: Application) -> None:
    now = propose(
        application,
        Kind(record.kind),
        record.to_version,
        Answers.from_json(record.choices, record.values_after_given.secrets),
    )
    if now.plan.fingerprint != record.fingerprint:
        raise Moved(now)
