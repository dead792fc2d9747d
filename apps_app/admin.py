"""Data fixes: every row of this app, its documents validated and printed readably."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import JSONField
from django.http import HttpRequest

from apps_app.drivers.registry import KINDS, validate_config
from apps_app.models import (
    Application,
    Busy,
    Component,
    Installation,
    Observation,
    Origin,
    ReleaseRecord,
    Target,
    Value,
)
from config.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from templates_app.spec.errors import SpecError
from templates_app.spec.parse import parse, parse_component


class PrettyJSONField(forms.JSONField):
    """JSON one can read and edit."""

    widget = forms.Textarea(attrs={"rows": 20, "cols": 100, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str | forms.fields.InvalidJSONInput):
            return value
        return "" if value is None else json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


class DocumentForm[M](forms.ModelForm[Any]):
    """A form whose documents are parsed before they are saved; every fault is an error of its field."""

    def held_to(self, field: str, document: object, *, component: bool = False) -> None:
        """Adds what is wrong with `document` to `field`."""
        try:
            parse_component(document) if component else parse(document)
        except SpecError as error:
            for fault in error.faults:
                self.add_error(field, str(fault))


class ApplicationForm(DocumentForm[Application]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("frame_desired", "frame_applied", "imported"):
            if cleaned.get(name):
                self.held_to(name, cleaned[name])
        return cleaned


class ComponentForm(DocumentForm[Component]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("desired", "applied"):
            if cleaned.get(name) is not None:
                self.held_to(name, cleaned[name], component=True)
        return cleaned


class TargetForm(forms.ModelForm[Target]):
    kind = forms.ChoiceField(choices=[(kind.kind, kind.label) for kind in KINDS.values()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "kind" in cleaned and "config" in cleaned:
            for fault in validate_config(cleaned["kind"], cleaned["config"] or {}):
                self.add_error("config", fault)
        return cleaned


class DocumentAdmin[M: Any](AuditedAdmin[M]):
    formfield_overrides = {JSONField: {"form_class": PrettyJSONField}}


@admin.register(Application)
class ApplicationAdmin(DocumentAdmin[Application]):
    form = ApplicationForm
    list_display = ("name", "slug", "team", "target", "created_at")
    list_filter = ("team", "target")
    list_select_related = ("team", "target")
    search_fields = ("name", "slug", "uid")
    readonly_fields = ("uid", "slug", "created_at")
    autocomplete_fields = ("team", "target")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Component)
class ComponentAdmin(DocumentAdmin[Component]):
    form = ComponentForm
    list_display = ("key", "application", "revision", "applied_unknown", "stopped", "changed_by", "changed_at")
    list_filter = ("application__team", "applied_unknown", "stopped")
    list_select_related = ("application",)
    search_fields = ("key", "application__name", "application__slug")
    readonly_fields = ("changed_at",)
    autocomplete_fields = ("application",)


@admin.register(Target)
class TargetAdmin(DocumentAdmin[Target]):
    form = TargetForm
    list_display = ("slug", "team", "kind", "parallel")
    list_filter = ("team", "kind")
    list_select_related = ("team",)
    search_fields = ("slug", "team__name")
    exclude = ("secret",)


@admin.register(Value)
class ValueAdmin(ReadOnlyAdmin[Value]):
    """Values are set on the application's settings page, which knows the parameters; none is shown here."""

    list_display = ("name", "application", "secret", "source")
    list_filter = ("secret", "source", "application__team")
    list_select_related = ("application",)
    search_fields = ("name", "application__name", "application__slug")
    exclude = ("desired", "applied")


class OriginInline(admin.TabularInline[Origin, Installation]):
    model = Origin
    extra = 0
    raw_id_fields = ("version", "component")


@admin.register(Installation)
class InstallationAdmin(AuditedAdmin[Installation]):
    list_display = ("application", "template", "version", "channel", "created_at")
    list_filter = ("template", "channel", "application__team")
    list_select_related = ("application", "template", "version__template")
    search_fields = ("application__name", "application__slug", "template__name")
    raw_id_fields = ("version",)
    autocomplete_fields = ("application",)
    inlines = (OriginInline,)


@admin.register(Origin)
class OriginAdmin(AuditedAdmin[Origin]):
    list_display = ("template_key", "installation", "version", "state")
    list_filter = ("state", "installation__template")
    list_select_related = ("installation__application", "installation__template", "version__template")
    search_fields = ("template_key", "installation__application__name", "installation__application__slug")
    raw_id_fields = ("installation", "version", "component")


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin[Observation]):
    list_display = ("component", "health", "present", "at")
    list_filter = ("health", "present")
    list_select_related = ("component__application",)
    search_fields = ("component__key", "component__application__name")


@admin.register(Busy)
class BusyAdmin(AuditedAdmin[Busy]):
    """Deleting one frees an application whose record is known to be dead."""

    list_display = ("application", "label", "by", "since")
    list_select_related = ("application",)
    search_fields = ("application__name", "application__slug", "by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Busy | None = None) -> bool:
        return False


@admin.register(ReleaseRecord)
class ReleaseRecordAdmin(ReadOnlyAdmin[ReleaseRecord]):
    list_display = ("template_label", "version_label", "application_label", "by_label", "at", "cancelled_at")
    list_filter = ("team",)
    search_fields = ("template_label", "version_label", "application_label", "by_label")
    date_hierarchy = "at"
