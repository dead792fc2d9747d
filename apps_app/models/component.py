"""One component of an application: as it should be, as it last succeeded, as it was last seen."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from apps_app.drivers.base import State
from apps_app.models.application import Application
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.parse import legible
from templates_app.appspec.schema.serialize import Tree


class ComponentQuerySet(models.QuerySet["Component"]):
    def wanted(self) -> ComponentQuerySet:
        """Those the operator has, without the ones waiting to be removed."""
        return self.filter(desired__isnull=False)


class Component(models.Model):
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="components")
    key = models.CharField(max_length=63)
    desired = models.JSONField(null=True, blank=True, help_text="Empty: waits to be removed.")
    applied = models.JSONField(null=True, blank=True, help_text="Empty: never ran.")
    applied_digest = models.CharField(max_length=80, blank=True)
    applied_unknown = models.BooleanField(default=False)
    stopped = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        ordering = ("application", "key")
        constraints = (models.UniqueConstraint(fields=("application", "key"), name="component_unique"),)

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("apps:component", args=[self.application.slug, self.key])

    @property
    def desired_spec(self) -> ComponentSpec | None:
        """As far as it can be read."""
        return _read(self.key, self.desired)

    @property
    def applied_spec(self) -> ComponentSpec | None:
        """As far as it can be read."""
        return _read(self.key, self.applied)

    @property
    def pending(self) -> bool:
        """Whether desired and applied differ as documents."""
        return self.desired != self.applied


def _read(key: str, document: Tree | None) -> ComponentSpec | None:
    return None if document is None else legible({"components": {key: document}}).spec.components.get(key)


class Observation(models.Model):
    """What the target last said of a component; pages show this, plans ask the target itself."""

    component = models.OneToOneField(Component, on_delete=models.CASCADE, related_name="observation", primary_key=True)
    digest = models.CharField(max_length=80, blank=True)
    present = models.BooleanField(default=False)
    health = models.CharField(max_length=20, choices=[(state.value, state.name) for state in State])
    detail = models.TextField(blank=True)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.component.key}: {self.health}"
