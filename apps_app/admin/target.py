from __future__ import annotations

from typing import Any, override

from django import forms
from django.contrib import admin
from django.db.models import Count, JSONField, QuerySet
from django.http import HttpRequest

from apps_app.actions.save_target import check_config, check_no_operation, check_not_shared
from apps_app.admin.forms import FixForm, PrettyJSONField
from apps_app.drivers.registry import KINDS
from apps_app.models import Target
from config.accounts.admin import AuditedAdmin


class TargetForm(FixForm[Target]):
    kind = forms.ChoiceField(choices=[(kind.kind, kind.label) for kind in KINDS.values()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, config = cleaned.get("kind"), cleaned.get("config") or {}
        old = self.instance if self.instance.pk else None
        with self.attach_refusal(None):
            if old is not None:
                check_no_operation(old)
        if kind and "config" in cleaned:
            with self.attach_refusal("config"):
                check_config(kind, config)
                check_not_shared(kind, config, besides=old)
        if old is not None and "kind" in self.changed_data and old.applications.exists():
            self.add_error("kind", "The kind cannot be changed while applications use this target.")
        return cleaned


@admin.register(Target)
class TargetAdmin(AuditedAdmin[Target]):
    """Its credential is sealed and shown nowhere. It can be deleted while no application is on it."""

    form = TargetForm
    formfield_overrides = {JSONField: {"form_class": PrettyJSONField}}
    list_display = ("slug", "team", "kind", "used")
    list_filter = ("kind", "team")
    list_select_related = ("team",)
    search_fields = ("slug", "team__name", "team__slug")
    autocomplete_fields = ("team",)
    exclude = ("secret",)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Target]:
        return super().get_queryset(request).annotate(used=Count("applications"))

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        used = obj is not None and obj.applications.exists()
        return super().has_delete_permission(request, obj) and not used

    @admin.display(description="Applications", ordering="used")
    def used(self, target: Target) -> int:
        return target.used  # type: ignore[attr-defined,no-any-return]  # annotated above
