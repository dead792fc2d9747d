from __future__ import annotations

from django.db import models

from templates_app.models.template import TemplateVersion


class SyncRecordQuerySet(models.QuerySet["SyncRecord"]):
    def unfinished(self) -> SyncRecordQuerySet:
        return self.exclude(status=SyncRecord.Status.DONE)

    def failed(self) -> SyncRecordQuerySet:
        return self.filter(status=SyncRecord.Status.FAILED)

    def to_do(self) -> SyncRecordQuerySet:
        """What a worker still has to look at; a running line is one whose worker died."""
        return self.filter(status__in=[SyncRecord.Status.WAITING, SyncRecord.Status.RUNNING])


class SyncRecord(models.Model):
    class Relation(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        REMOVED = "removed", "Removed"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Synchronizing"
        DONE = "done", "Synchronized"
        FAILED = "failed", "Failed"

    version = models.ForeignKey(TemplateVersion, on_delete=models.CASCADE, related_name="sync_records")
    key = models.CharField(max_length=63)
    relation = models.CharField(max_length=10, choices=Relation)
    image = models.CharField(max_length=512, blank=True)
    image_digest = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = SyncRecordQuerySet.as_manager()

    class Meta:
        ordering = ("version", "key")
        constraints = (models.UniqueConstraint(fields=("version", "key"), name="sync_record_unique"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.version}"
