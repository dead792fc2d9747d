"""Synchronizes a draft version: every component is validated, and what was found is kept."""

from collections.abc import Callable

from django.db.models import F

from templates_app.actions.check_component import Examiner, Found
from templates_app.models import SyncRecord, TemplateVersion


def synchronize(version: TemplateVersion, report: Callable[[SyncRecord], None] | None = None) -> bool:
    """Does every line that is waiting, and again those that a worker left running when it died.

    Tells `report` of each line once it is done or failed. Answers whether all lines of the version are done. Only one
    process at a time does this for one version (the job's lock).
    """
    lines = list(version.sync_records.to_do().order_by("key")) if version.is_draft else []
    examiner = Examiner(version.spec) if lines else None
    for line in lines:
        if examiner is not None and _begin(line):
            _end(line, _found(examiner, line))
            if report is not None:
                report(line)
    return not version.sync_records.unfinished().exists()


def give_up(version: TemplateVersion, sentence: str) -> None:
    """Fails the line that was being done, and those that wait, so that nobody waits for them in vain."""
    version.sync_records.to_do().update(status=SyncRecord.Status.FAILED, error=sentence)


def _begin(line: SyncRecord) -> bool:
    """False where somebody cancelled the publication meanwhile, or did the line."""
    mine = SyncRecord.objects.filter(pk=line.pk).to_do()
    return bool(mine.update(status=SyncRecord.Status.RUNNING, attempts=F("attempts") + 1, error=""))


def _found(examiner: Examiner, line: SyncRecord) -> Found:
    if line.relation == SyncRecord.Relation.REMOVED:
        return Found(line.image, line.image_digest)
    return examiner.examine(line.key)


def _end(line: SyncRecord, component: Found) -> None:
    line.image, line.image_digest, line.error = component.image[:512], component.digest, component.error
    line.status = SyncRecord.Status.FAILED if component.error else SyncRecord.Status.DONE
    SyncRecord.objects.filter(pk=line.pk).update(
        image=line.image, image_digest=line.image_digest, error=line.error, status=line.status
    )
