from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from apps_app.drivers.base import Driver
from apps_app.drivers.registry import KINDS, open_driver
from apps_app.models.registry_login import get_credentials
from config.accounts.access.guards import TeamScoped
from config.accounts.models import Team
from config.accounts.sealing.sealed import SealedField


class TargetQuerySet(TeamScoped["Target"]):
    pass


class Target(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="targets")
    slug = models.SlugField(max_length=40)
    kind = models.CharField(max_length=20)
    config = models.JSONField(default=dict, blank=True)
    secret = SealedField(blank=True)
    identity = models.CharField(max_length=200, blank=True, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ("slug",)
        constraints = (models.UniqueConstraint(fields=("team", "slug"), name="target_unique"),)

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("apps:target", args=[self.team.slug, self.slug])

    def open_driver(self) -> Driver:
        """What speaks to it, with the logins of its team where it brings images."""
        logins = get_credentials(self.team_id) if self.kind in KINDS and KINDS[self.kind].pulls else {}
        return open_driver(self.kind, self.config, self.secret.reveal(), home=settings.TARGETS, logins=logins)

    @property
    def starts_containers(self) -> bool:
        """False: applications here are written, not started."""
        return KINDS[self.kind].starts_containers
