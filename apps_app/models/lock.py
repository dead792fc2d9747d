from __future__ import annotations

from django.db import models
from django.db.models import BooleanField, F, Func, Q

from apps_app.models.application import Application

LOCKS = 0x617070
""" "app": our own range of advisory locks, one for each application."""


class HeldLock(Func):
    """Whether a process holds the lock of the application of this key; it lets go when it dies."""

    template = (
        "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted "  # noqa: S608  # our own number
        f"AND classid = {LOCKS} AND objid::bigint = %(expressions)s "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    output_field = BooleanField()


class ApplicationLockQuerySet(models.QuerySet["ApplicationLock"]):
    def active(self) -> ApplicationLockQuerySet:
        """Without those that a process left when it died."""
        return self.filter(Q(record_id__isnull=False) | Q(HeldLock(F("application_id"))))

    def stale(self) -> ApplicationLockQuerySet:
        """Left by a process that died. A record's never is: the next worker takes the record up."""
        return self.filter(~Q(HeldLock(F("application_id"))), record_id__isnull=True)


class ApplicationLock(models.Model):
    """Says who is at work on an application and where to look; written by whoever works, kept here to be asked.

    It protects the application from being deleted meanwhile. One without a record counts only while its process lives.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="lock", primary_key=True)
    record_id = models.PositiveBigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    since = models.DateTimeField(auto_now_add=True)

    objects = ApplicationLockQuerySet.as_manager()

    class Meta:
        verbose_name = "application lock"

    def __str__(self) -> str:
        return f"{self.label}, started by {self.by}"
