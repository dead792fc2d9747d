from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from apps_app.models.application import Application
from config.accounts.access.guards import TeamScoped
from config.accounts.models import Team
from templates_app.models import TemplateVersion


class ReleaseRecordQuerySet(TeamScoped["ReleaseRecord"]):
    def newest_first(self) -> ReleaseRecordQuerySet:
        return self.order_by("-at", "-pk")

    def unfinished(self) -> ReleaseRecordQuerySet:
        return self.filter(cancelled_at__isnull=True, version__state=TemplateVersion.State.DRAFT)


class ReleaseRecord(models.Model):
    """Outlives the application and a cancelled version: both are kept as text beside the link."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="release_records")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="release_records"
    )
    application_label = models.CharField(max_length=120)
    version = models.OneToOneField(
        TemplateVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="release_record"
    )
    template_label = models.CharField(max_length=120)
    version_label = models.CharField(max_length=64)
    left_out = models.JSONField(default=list, blank=True)
    source_digest = models.CharField(max_length=32, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.template_label} {self.version_label} from {self.application_label}"

    def get_absolute_url(self) -> str:
        return reverse("apps:sync", args=[self.pk])

    @property
    def status(self) -> str:
        """cancelled, draft (being synchronized), or the version's own state."""
        if self.cancelled_at is not None:
            return "cancelled"
        return self.version.state if self.version is not None else "deleted"

    @property
    def status_label(self) -> str:
        if self.cancelled_at is not None:
            return "Cancelled"
        return self.version.get_state_display() if self.version is not None else "Deleted"
