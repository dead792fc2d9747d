"""Steps of an upgrade record, and its append-only events."""

from __future__ import annotations

from django.db import models
from django.db.models import Max, Q

from upgrades_app.models.record import UpgradeRecord

_DOCUMENT_FIELDS = ("desired_before", "applied_before", "after")


class UpgradeStepQuerySet(models.QuerySet["UpgradeStep"]):
    def changing(self) -> UpgradeStepQuerySet:
        """Exclude unchanged components."""
        return self.exclude(action="nothing")

    def without_documents(self) -> UpgradeStepQuerySet:
        """Defer the documents, which pages do not show."""
        return self.defer(*_DOCUMENT_FIELDS)


class UpgradeStep(models.Model):
    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Skipped"
        ROLLING_BACK = "rolling_back", "Rolling back"
        ROLLED_BACK = "rolled_back", "Rolled back"
        ROLLBACK_FAILED = "rollback_failed", "Rollback failed"

    record = models.ForeignKey(UpgradeRecord, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    wave = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=20)
    impact = models.CharField(max_length=200, blank=True)
    sentence = models.TextField(blank=True)
    desired_before = models.JSONField(null=True, blank=True)
    applied_before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    log_tail = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UpgradeStepQuerySet.as_manager()

    class Meta:
        ordering = ("record", "position")
        constraints = (models.UniqueConstraint(fields=("record", "position"), name="step_unique"),)

    def __str__(self) -> str:
        return f"{self.position}. {self.action} {self.key}"


class UpgradeEventQuerySet(models.QuerySet["UpgradeEvent"]):
    def visible(self) -> UpgradeEventQuerySet:
        """Exclude outdated preparation progress: keep only the latest event per step."""
        progress = self.filter(kind__in=("preparing", "prepared")).order_by()
        latest = progress.values("step").annotate(latest=Max("pk")).values("latest")
        return self.exclude(~Q(pk__in=latest), kind="preparing").defer("data")

    def with_step(self) -> UpgradeEventQuerySet:
        return self.select_related("step").defer(*(f"step__{name}" for name in _DOCUMENT_FIELDS))


class UpgradeEvent(models.Model):
    record = models.ForeignKey(UpgradeRecord, on_delete=models.CASCADE, related_name="events")
    step = models.ForeignKey(UpgradeStep, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=30)
    text = models.TextField()
    data = models.JSONField(default=dict, blank=True)

    objects = UpgradeEventQuerySet.as_manager()

    class Meta:
        ordering = ("record", "pk")

    def __str__(self) -> str:
        return self.text
