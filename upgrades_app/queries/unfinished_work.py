"""What is not finished in an application's upgrades: plans that wait for a confirm, components that were left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from apps_app.models import Application, Installation
from templates_app.appspec.presentation.text import listed
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.planning.plan import Arrival
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status

SHOWN = 3
MOVES = (Kind.UPGRADE, Kind.ROLLBACK)
ARRIVED = (Status.SUCCEEDED, Status.PARTIALLY_UPGRADED)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The components that somebody did not take along to a version; those of `new` came with it."""

    version: str
    by: str
    at: datetime | None
    new: tuple[str, ...]
    older: tuple[str, ...]
    url: str

    @property
    def sentence(self) -> str:
        """ "Left out of the upgrade to 1.1 by ada: redis (new in 1.1) and db." """
        named = [*(f"{key} (new in {self.version})" for key in self.new), *self.older]
        return f"Left out of the upgrade to {self.version} by {self.by}: {listed(named)}."


@dataclass(frozen=True, slots=True)
class Unfinished:
    """`waiting` are the newest few plans; `more` says that there are others."""

    waiting: tuple[UpgradeRecord, ...] = ()
    more: bool = False
    left_out: LeftOut | None = None

    def __bool__(self) -> bool:
        return bool(self.waiting) or self.left_out is not None


def unfinished(application: Application) -> Unfinished:
    """At most two queries."""
    records = UpgradeRecord.objects.waiting().filter(application=application).light().newest_first()
    plans = list(records[: SHOWN + 1])
    return Unfinished(tuple(plans[:SHOWN]), len(plans) > SHOWN, _left_out(application.installed()))


def _left_out(installation: Installation | None) -> LeftOut | None:
    """By the last upgrade, where it took only some of the components to its version."""
    if installation is None or not installation.ahead:
        return None
    moves = UpgradeRecord.objects.filter(application=installation.application_id, kind__in=MOVES, status__in=ARRIVED)
    columns = ("pk", "to_label", "confirmed_by_label", "ended_at", "plan__arrivals", "origins_before")
    last = moves.newest_first().values(*columns).first()
    if last is None:
        return None
    arrivals = last["plan__arrivals"] or {}  # not there in a plan that another version of Uplift wrote
    behind = [key for key, arrival in arrivals.items() if arrival == Arrival.BEHIND]
    if not behind:
        return None
    known = last["origins_before"].keys()
    return LeftOut(
        version=last["to_label"],
        by=last["confirmed_by_label"],
        at=last["ended_at"],
        new=tuple(key for key in behind if key not in known),
        older=tuple(key for key in behind if key in known),
        url=reverse("upgrades:record", args=[last["pk"]]),
    )
