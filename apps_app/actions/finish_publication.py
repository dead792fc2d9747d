"""Confirms a publication whose components are all synchronized: its version is released."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from apps_app.actions.publish import relations_of
from apps_app.models import ReleaseRecord
from apps_app.publication.baseline import Source, base_version
from apps_app.publication.refresh import refreshed
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.delete_draft import delete_draft
from templates_app.actions.queue_sync import queue_sync
from templates_app.actions.release_version import locked, release_version
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import digest, tree
from templates_app.models import SyncRecord, TemplateVersion


@transaction.atomic
def confirm_release(record: ReleaseRecord, by: Actor) -> TemplateVersion:
    """The released version. Raises Refused where it was given up or is not synchronized."""
    by.require(record.team, Role.PUBLISHER)
    version = unfinished_version(record)
    released = release_version(version, by)
    audit.record(by, "confirmed publication", record, data={"digest": released.digest})
    return released


def unfinished_version(record: ReleaseRecord) -> TemplateVersion:
    """The draft that the record is about. Raises Refused where there is none any more."""
    if record.cancelled_at is not None:
        raise Refused(f"{record} was given up by {record.cancelled_by}.")
    if record.version is None:
        raise Refused(f"The version of {record} was deleted.")
    return record.version


@transaction.atomic
def cancel_publication(record: ReleaseRecord, by: Actor) -> ReleaseRecord:
    """The record stays, as cancelled. Raises Refused once the version was released."""
    by.require(record.team, Role.PUBLISHER)
    record = ReleaseRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    delete_draft(unfinished_version(record), by)
    record.version = None
    record.cancelled_by, record.cancelled_at = by.name, timezone.now()
    record.save(update_fields=["version", "cancelled_by", "cancelled_at"])
    audit.record(by, "gave up publication", record)
    return record


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
    repeated = version.sync_records.failed().filter(key__in=chosen)
    repeated.update(status=SyncRecord.Status.WAITING, error="")
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
