"""Unfinished upgrade work of an application: unconfirmed plans and components left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from apps_app.models import Application, Installation
from templates_app.appspec.presentation.text import join_names
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.planning.plan import ComponentOutcome
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status

SHOWN = 3
VERSION_CHANGES = (OperationKind.UPGRADE, OperationKind.ROLLBACK)
COMPLETED = (Status.SUCCEEDED, Status.PARTIALLY_UPGRADED)


@dataclass(frozen=True, slots=True)
class LeftBehindComponents:
    """Components excluded from the last upgrade. `new` were added by the version, `older` existed before."""

    version: str
    by: str
    at: datetime | None
    new: tuple[str, ...]
    older: tuple[str, ...]
    url: str

    @property
    def message(self) -> str:
        """Return for example "ada excluded redis (new in 1.1) and db from the upgrade to 1.1." """
        labels = [*(f"{key} (new in {self.version})" for key in self.new), *self.older]
        return f"{self.by} excluded {join_names(labels)} from the upgrade to {self.version}."


@dataclass(frozen=True, slots=True)
class UnfinishedWork:
    """`planned` holds the newest plans; `has_more` is set if there are older ones."""

    planned: tuple[UpgradeRecord, ...] = ()
    has_more: bool = False
    left_behind: LeftBehindComponents | None = None

    def __bool__(self) -> bool:
        return bool(self.planned) or self.left_behind is not None


def load_unfinished_work(application: Application) -> UnfinishedWork:
    """Load the unfinished work of an application. At most two queries."""
    records = UpgradeRecord.objects.planned().filter(application=application).without_documents().newest_first()
    plans = list(records[: SHOWN + 1])
    return UnfinishedWork(tuple(plans[:SHOWN]), len(plans) > SHOWN, _load_left_behind(application.get_installation()))


def _load_left_behind(installation: Installation | None) -> LeftBehindComponents | None:
    """Return the components that the last, partial upgrade left behind."""
    if installation is None or not installation.ahead:
        return None
    records = UpgradeRecord.objects.filter(
        application=installation.application_id, kind__in=VERSION_CHANGES, status__in=COMPLETED
    )
    columns = ("pk", "to_label", "confirmed_by_label", "ended_at", "plan__outcomes", "origins_before")
    last = records.newest_first().values(*columns).first()
    if last is None:
        return None
    outcomes = last["plan__outcomes"] or {}  # missing in plans written by another version of Uplift
    behind = [key for key, outcome in outcomes.items() if outcome == ComponentOutcome.BEHIND]
    if not behind:
        return None
    known = last["origins_before"].keys()
    return LeftBehindComponents(
        version=last["to_label"],
        by=last["confirmed_by_label"],
        at=last["ended_at"],
        new=tuple(key for key in behind if key not in known),
        older=tuple(key for key in behind if key in known),
        url=reverse("upgrades:record", args=[last["pk"]]),
    )
