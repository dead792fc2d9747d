"""Synchronizes what failed once more, with the components as their source has them now."""

from collections.abc import Collection

from django.db import transaction

from apps_app.actions.confirm_release import unfinished_version
from apps_app.actions.publish import relations_of
from apps_app.models import ReleaseRecord
from apps_app.publication.base import Source, base_version
from apps_app.publication.refresh import refreshed
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.queue_sync import queue_sync
from templates_app.actions.release_version import locked
from templates_app.models import SyncRecord, TemplateVersion
from templates_app.spec.dump import digest, tree
from templates_app.spec.model import AppSpec


@transaction.atomic
def retry_sync(
    record: ReleaseRecord, by: Actor, *, keys: Collection[str] | None = None, queue: bool = True
) -> tuple[str, ...]:
    """Lines that failed wait again, all or those of `keys`; a version whose job got lost gets a new one.

    Answers the keys that are tried again. Raises Refused where nothing is left to do.
    """
    by.require(record.team, Role.PUBLISHER)
    version = locked(unfinished_version(record))
    if not version.sync_records.unfinished().exists():
        raise Refused("Everything is synchronized already.")
    failed = list(version.sync_records.failed().order_by("key"))
    chosen = [line.key for line in failed if keys is None or line.key in keys]
    if record.application is not None and chosen:
        _refresh(version, refreshed(version.spec, Source.of(record.application), chosen))
    again = version.sync_records.failed().filter(key__in=chosen)
    again.update(status=SyncRecord.Status.WAITING, error="")
    audit.record(by, "retried synchronization", record, data={"components": chosen})
    if queue:
        queue_sync(version)
    return tuple(chosen)


def _refresh(version: TemplateVersion, spec: AppSpec) -> None:
    fresh = digest(spec)
    if fresh == version.digest:
        return
    version.document, version.digest = tree(spec), fresh
    version.save(update_fields=["document", "digest"])
    base = base_version(version.template, version.sort_key)
    lines = relations_of(base.spec if base else AppSpec(), spec)
    for row in version.sync_records.all():
        relation, image = lines.get(row.key, (row.relation, row.image))
        SyncRecord.objects.filter(pk=row.pk).exclude(status=SyncRecord.Status.DONE).update(image=image)
        SyncRecord.objects.filter(pk=row.pk).update(relation=relation)
