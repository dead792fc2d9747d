from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F

from apps_app.models.application import Application
from config.accounts.sealing.sealed import SealedField


class PendingField(models.BooleanField[bool, bool]):
    """Says beside two sealed values whether they differ: the database cannot compare what is sealed."""

    def pre_save(self, model_instance: models.Model, add: bool) -> bool:
        is_pending: bool = model_instance.desired != model_instance.applied  # type: ignore[attr-defined]  # of a Value alone
        setattr(model_instance, self.attname, is_pending)
        return is_pending


class ValueQuerySet(models.QuerySet["Value"]):
    def desired(self) -> ValueQuerySet:
        return self.filter(desired__isnull=False)

    def mark_applied(self) -> int:
        """What is wanted is what the target has."""
        return self.update(applied=F("desired"), is_pending=False)

    def revert_to_applied(self) -> int:
        """What the target has is wanted again; what it never had goes."""
        self.filter(applied__isnull=True).delete()
        return self.update(desired=F("applied"), is_pending=False)


class Value(models.Model):
    class Source(models.TextChoices):
        SET = "set", "Set by an operator"
        GENERATED = "generated", "Generated"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="values")
    name = models.CharField(max_length=120)
    secret = models.BooleanField(default=False)
    desired = SealedField(null=True, blank=True)
    applied = SealedField(null=True, blank=True)
    is_pending = PendingField(default=False, editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.SET)

    objects = ValueQuerySet.as_manager()

    class Meta:
        ordering = ("application", "name")
        constraints = (models.UniqueConstraint(fields=("application", "name"), name="value_unique"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Whatever else is written, whether the two differ is."""
        super().save(update_fields={*update_fields, "is_pending"} if update_fields is not None else None, **options)

    def applied_text(self) -> str:
        """The value that the target has, in the open. Raises LookupError where none was applied yet."""
        if self.applied is None:
            raise LookupError(f"{self.name} was never applied")
        return self.applied.reveal()
