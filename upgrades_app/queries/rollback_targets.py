"""The earlier versions an application was at, and the records that lie between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from apps_app.models import Application
from templates_app.models import TemplateVersion
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status


@dataclass(frozen=True, slots=True)
class WayBack:
    """Going back to `version` undoes `records`, newest first."""

    version: TemplateVersion
    records: tuple[UpgradeRecord, ...]

    @property
    def oldest(self) -> UpgradeRecord:
        return self.records[-1]


def ways_back(application: Application, *, whole: bool = False) -> tuple[WayBack, ...]:
    """Every earlier version that the application was at, nearest first. One query.

    The current one is among them where only some components were taken further.
    `whole`: the records with their documents, which only a plan needs.
    """
    installation = application.installed()
    if installation is None or installation.version is None:
        return ()
    records = _moves(application, whole=whole)
    earlier = {record.from_version.pk: record.from_version for record in records if record.from_version is not None}
    older = [item for item in earlier.values() if item.sort_key <= installation.version.sort_key]
    newest_first = sorted(older, key=lambda item: item.sort_key, reverse=True)
    methods = (WayBack(version, _since(records, version)) for version in newest_first)
    return tuple(method for method in methods if method.records)


def way_back_to(application: Application, version: TemplateVersion) -> WayBack | None:
    return next(
        (
            rollback_target
            for rollback_target in ways_back(application, whole=True)
            if rollback_target.version.pk == version.pk
        ),
        None,
    )


def _since(moves: list[UpgradeRecord], version: TemplateVersion) -> tuple[UpgradeRecord, ...]:
    """The records after the last arrival at that version, newest first."""
    return tuple(takewhile(lambda record: not (record.to_version_id == version.pk and record.succeeded), moves))


def _moves(application: Application, *, whole: bool) -> list[UpgradeRecord]:
    """What changed the application's version, newest first."""
    everything = UpgradeRecord.objects.defer("plan") if whole else UpgradeRecord.objects.light()
    rows = everything.filter(
        application=application,
        kind__in=[Kind.UPGRADE, Kind.ROLLBACK],
        status__in=[Status.SUCCEEDED, Status.PARTIALLY_UPGRADED],
    )
    return list(rows.select_related("from_version").defer("from_version__document").newest_first())
