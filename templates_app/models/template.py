from __future__ import annotations

import uuid
from functools import cached_property
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.accounts.access.guards import TeamScoped
from config.accounts.models import Team, User
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from templates_app.models.tags import TAG_LENGTH


class AppTemplateQuerySet(TeamScoped["AppTemplate"]):
    def visible_to(self, user: User | None) -> Self:
        """The templates of the user's teams, and those offered to everyone."""
        own = super().visible_to(user)
        if user is None or user.is_superuser:
            return own
        return self.filter(Q(pk__in=own.values("pk")) | Q(scope=AppTemplate.Scope.EVERYONE))


class AppTemplate(models.Model):
    class Scope(models.TextChoices):
        TEAM = "team", "This team"
        EVERYONE = "everyone", "Every team"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="templates")
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=TAG_LENGTH), default=list, blank=True)
    logo_digest = models.CharField(max_length=16, blank=True, editable=False)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.TEAM)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppTemplateQuerySet.as_manager()

    class Meta:
        ordering = ("name", "slug")
        verbose_name = "application template"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("templates:template", args=[self.slug])

    @property
    def logo_url(self) -> str:
        """Another one for every other logo, so that browsers may keep it."""
        return f"{reverse('templates:logo', args=[self.slug])}?v={self.logo_digest}" if self.logo_digest else ""


class TemplateLogo(models.Model):
    """Apart from the template, so that no list loads it."""

    template = models.OneToOneField(AppTemplate, on_delete=models.CASCADE, related_name="logo", primary_key=True)
    image = models.BinaryField(help_text="PNG created from the upload.")

    def __str__(self) -> str:
        return f"Logo of {self.template}"


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def newest_first(self) -> TemplateVersionQuerySet:
        return self.order_by("-sort_key")

    def released(self) -> TemplateVersionQuerySet:
        """What may be installed and upgraded to."""
        return self.filter(state=TemplateVersion.State.RELEASED)

    def published(self) -> TemplateVersionQuerySet:
        """Everything that was released once, whatever became of it."""
        return self.exclude(state=TemplateVersion.State.DRAFT)

    def drafts(self) -> TemplateVersionQuerySet:
        return self.filter(state=TemplateVersion.State.DRAFT)


class TemplateVersion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        RELEASED = "released", "Released"
        DEPRECATED = "deprecated", "Deprecated"
        WITHDRAWN = "withdrawn", "Withdrawn"

    template = models.ForeignKey(AppTemplate, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=64)
    sort_key = models.CharField(max_length=255, db_collation="C", editable=False)
    prerelease = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    document = models.JSONField()
    digest = models.CharField(max_length=80, editable=False)
    alias = models.CharField(max_length=80, blank=True)
    notes = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ("template", "-sort_key")
        constraints = (
            models.UniqueConstraint(
                fields=("template", "sort_key"),
                name="template_version_unique",
                violation_error_message="This version already exists.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.template.name} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("templates:version", args=[self.template.slug, self.version])

    @cached_property
    def spec(self) -> AppSpec:
        return parse_spec(self.document)

    @property
    def label(self) -> str:
        """The version as people read it: "1.1" or "1.1 (Spring)"."""
        return f"{self.version} ({self.alias})" if self.alias else self.version

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_released(self) -> bool:
        return self.state == self.State.RELEASED
