from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from apps_app.models import Application
from templates_app.models import TemplateVersion
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status


@dataclass(frozen=True, slots=True)
class RollbackTarget:
    """A version an application can roll back to. The rollback reverts `records`, newest first."""

    version: TemplateVersion
    records: tuple[UpgradeRecord, ...]

    @property
    def oldest_record(self) -> UpgradeRecord:
        return self.records[-1]


def list_rollback_targets(application: Application, *, with_documents: bool = False) -> tuple[RollbackTarget, ...]:
    """Return every earlier version of the application, newest first. One query.

    Includes the current version after a partial upgrade. `with_documents`: load the documents needed for planning.
    """
    installation = application.get_installation()
    if installation is None or installation.version is None:
        return ()
    records = _list_version_changes(application, with_documents=with_documents)
    versions = {record.from_version.pk: record.from_version for record in records if record.from_version is not None}
    older = [version for version in versions.values() if version.sort_key <= installation.version.sort_key]
    newest_first = sorted(older, key=lambda version: version.sort_key, reverse=True)
    targets = (RollbackTarget(version, _list_records_since(records, version)) for version in newest_first)
    return tuple(target for target in targets if target.records)


def get_rollback_target(application: Application, version: TemplateVersion) -> RollbackTarget | None:
    targets = list_rollback_targets(application, with_documents=True)
    return next((target for target in targets if target.version.pk == version.pk), None)


def _list_records_since(records: list[UpgradeRecord], version: TemplateVersion) -> tuple[UpgradeRecord, ...]:
    """Return the records after the application last reached this version, newest first."""
    return tuple(takewhile(lambda record: not (record.to_version_id == version.pk and record.succeeded), records))


def _list_version_changes(application: Application, *, with_documents: bool) -> list[UpgradeRecord]:
    """Return the completed upgrades and rollbacks of the application, newest first."""
    records = UpgradeRecord.objects.defer("plan") if with_documents else UpgradeRecord.objects.without_documents()
    rows = records.filter(
        application=application,
        kind__in=[OperationKind.UPGRADE, OperationKind.ROLLBACK],
        status__in=[Status.SUCCEEDED, Status.PARTIALLY_UPGRADED],
    )
    return list(rows.select_related("from_version").defer("from_version__document").newest_first())
