from __future__ import annotations

from django.db import models
from django.urls import reverse

from apps_app.drivers.base import RegistryCredentials
from config.accounts.access.guards import TeamScoped
from config.accounts.models import Team
from config.accounts.sealing.sealed import SealedField


class RegistryLoginQuerySet(TeamScoped["RegistryLogin"]):
    pass


class RegistryLogin(models.Model):
    """`host` is as image names have it: `registry.example`, `registry.example:5000`, `docker.io`."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="registry_logins")
    host = models.CharField(max_length=255)
    username = models.CharField(max_length=255)
    password = SealedField()
    changed_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = RegistryLoginQuerySet.as_manager()

    class Meta:
        ordering = ("host", "team")
        constraints = (models.UniqueConstraint(fields=("team", "host"), name="registry_login_unique"),)

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"

    def get_absolute_url(self) -> str:
        return reverse("apps:logins")


def get_credentials(team_id: int) -> dict[str, RegistryCredentials]:
    """By host, with the passwords open."""
    rows = RegistryLogin.objects.filter(team=team_id)
    return {row.host: RegistryCredentials(row.username, row.password.reveal()) for row in rows}
