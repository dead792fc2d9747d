"""Say yes to a planned record: from here on it runs, and nobody else may change the application."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from apps_app.actions.locks import lock, refuse_if_busy
from apps_app.models import Application, Busy
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.supersede_plans import overtake
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.execution.queue import defer_run
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status, Unreadable
from upgrades_app.queries.load_planning_input import Seen, look


class Moved(Refused):
    """The application or its target changed since the plan was made; `now` is the plan that it would be today."""

    def __init__(self, now: Proposal) -> None:
        self.now = now
        super().__init__("Something changed since this plan was made. Look at it again before you confirm.")


def confirm(
    record: UpgradeRecord,
    by: Actor,
    *,
    digest: str,
    reason: str | None = None,
    policy: str | None = None,
    seen: Seen | None = None,
    queued: bool = False,
) -> UpgradeRecord:
    """planned → queued, with this plan and no other. Raises Refused, or Moved with the plan of now.

    `seen` is what the target shows; without it the target is asked, before anything is locked. `queued`: the workers
    are asked to run it.
    """
    by.require(record.team, Role.OPERATOR)
    application = _confirmable(record, digest)
    changes = {} if reason is None else {"reason": reason.strip()}
    if policy is not None:
        changes["policy"] = UpgradeRecord.Policy(policy)
    observed = seen or look(application)
    with transaction.atomic():
        confirmed = _confirmed(record, application, by, changes, observed)
        if queued:
            defer_run(record.pk)
    return confirmed


def _confirmable(record: UpgradeRecord, digest: str) -> Application:
    if record.application is None:
        raise Refused("The application of this plan was deleted.")
    if digest != record.digest:
        raise Refused("This is not the plan that was shown. Look at it again.")
    if not record.is_readable:
        raise Refused(f"This plan cannot be used: {Unreadable()}.", url=record.get_absolute_url())
    refuse_if_busy(record.application)
    return record.application


def _confirmed(
    record: UpgradeRecord, application: Application, by: Actor, changes: Mapping[str, str], seen: Seen
) -> UpgradeRecord:
    application = lock(application)
    _refuse_second(record)
    now = {"status": Status.QUEUED, "confirmed_by_label": by.name, "confirmed_at": timezone.now()}
    if UpgradeRecord.objects.waiting().filter(pk=record.pk).update(**now, **changes) != 1:
        raise _not_waiting(record)
    _refuse_moved(record, application, seen)
    record.refresh_from_db()
    overtake(record)
    url = record.get_absolute_url()
    Busy.objects.create(application=application, record_id=record.pk, label=record.title, url=url, by=by.name)
    audit.record(by, "confirmed", record, label=str(record), url=url, data={"digest": record.digest})
    return record


def _not_waiting(record: UpgradeRecord) -> Refused:
    record.refresh_from_db(fields=["status", "result", "overtaken_by"])
    if record.status == Status.OVERTAKEN:
        return Refused(record.result, url=(record.overtaken_by or record).get_absolute_url())
    return Refused(f"This plan is {record.get_status_display().lower()} already.", url=record.get_absolute_url())


def _refuse_second(record: UpgradeRecord) -> None:
    """An administrator may have taken the mark away that the lock looks for; the record is open all the same."""
    other = UpgradeRecord.objects.open().filter(application=record.application).exclude(pk=record.pk).first()
    if other is not None:
        raise Refused(f"{other} is at work.", url=other.get_absolute_url())


def _refuse_moved(record: UpgradeRecord, application: Application, live: Seen) -> None:
    current = propose(
        application,
        Kind(record.kind),
        record.to_version,
        Answers.from_json(record.choices, record.values_after_given.secrets),
        seen=live,
    )
    if current.plan.fingerprint != record.fingerprint:
        raise Moved(current)
