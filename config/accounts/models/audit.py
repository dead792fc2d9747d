from __future__ import annotations

from django.db import models

from config.accounts.models.team import Role, Team
from config.accounts.models.user import User


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User | None) -> AuditEntryQuerySet:
        if user is None or user.is_superuser:
            return self.all()
        return self.filter(team__in=user.roles)

    def owned_by(self, user: User) -> AuditEntryQuerySet:
        """What an owner of teams may read of them; everything for a superuser."""
        if user.is_superuser:
            return self.all()
        return self.filter(team__in=[team for team, held in user.roles.items() if held >= Role.OWNER])

    def for_object(self, thing: models.Model) -> AuditEntryQuerySet:
        return self.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))


class AuditEntry(models.Model):
    """The database itself refuses to change or delete one (a trigger); people in it are deactivated, not deleted."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries")
    actor = models.CharField(max_length=150)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=60)
    application = models.CharField(max_length=40, blank=True, help_text="Slug of the application concerned.")
    label = models.CharField(max_length=250)
    url = models.CharField(max_length=250, blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=("object_type", "object_id"), name="audit_object"),
            models.Index(fields=("application", "-at"), name="audit_application"),
            models.Index(fields=("team", "-at"), name="audit_team"),
            models.Index(fields=("-at", "-id"), name="audit_newest"),
        )

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.label}"
