from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps_app.models.application import Application
from apps_app.models.component import Component
from templates_app.models import AppTemplate, TemplateVersion


class InstallationQuerySet(models.QuerySet["Installation"]):
    def applied(self) -> InstallationQuerySet:
        """Those of which something is on a target."""
        return self.filter(Exists(Component.objects.filter(application=OuterRef("application"), applied__isnull=False)))

    def behind(self) -> InstallationQuerySet:
        """Those on a target for which their template has a newer released version, compared in the database."""
        newer = TemplateVersion.objects.released().filter(
            template=OuterRef("template"), sort_key__gt=OuterRef("version__sort_key")
        )
        final = newer.filter(prerelease=False)
        return self.applied().filter(Exists(final) | Q(Exists(newer), channel=Installation.Channel.ALL))


class Installation(models.Model):
    class Channel(models.TextChoices):
        STABLE = "stable", "Final releases"
        ALL = "all", "Include pre-releases"

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="installation")
    template = models.ForeignKey(AppTemplate, on_delete=models.PROTECT, related_name="installations")
    version = models.ForeignKey(
        TemplateVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="installations"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.STABLE)
    ahead = models.CharField(
        max_length=200, blank=True, help_text="Number of components at another version: '1 of 4 at 1.1'."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InstallationQuerySet.as_manager()

    class Meta:
        ordering = ("application",)

    def __str__(self) -> str:
        return f"{self.application} from {self.template}"

    @property
    def version_label(self) -> str:
        """ "1.0", or "1.0 (1 of 4 at 1.1)" while only some components were taken further; "" before the install."""
        version = self.version.version if self.version is not None else ""
        ahead = f"({self.ahead})" if version and self.ahead else self.ahead
        return " ".join(filter(None, [version, ahead]))


class ComponentOrigin(models.Model):
    """Which version one key of the template came from, and what became of it here."""

    class State(models.TextChoices):
        PRESENT = "present", "Present"
        REMOVED_LOCALLY = "removed_locally", "Removed here"
        DECLINED = "declined", "Declined"
        KEPT_AS_OWN = "kept_as_own", "Kept as own component"

    installation = models.ForeignKey(Installation, on_delete=models.CASCADE, related_name="origins")
    template_key = models.CharField(max_length=63)
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="origins")
    component = models.ForeignKey(Component, null=True, blank=True, on_delete=models.SET_NULL, related_name="origins")
    state = models.CharField(max_length=16, choices=State, default=State.PRESENT)

    class Meta:
        ordering = ("installation", "template_key")
        constraints = (models.UniqueConstraint(fields=("installation", "template_key"), name="origin_unique"),)

    def __str__(self) -> str:
        return f"{self.template_key} from {self.version.version}"
