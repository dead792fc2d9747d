from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from config.accounts.admin import AuditedAdmin, ReadOnlyAdmin, folded
from templates_app.forms.document import VersionDocumentForm
from templates_app.models import AppTemplate, SyncRecord, TemplateLogo, TemplateVersion

FROZEN = folded("document")


@admin.register(AppTemplate)
class AppTemplateAdmin(AuditedAdmin[AppTemplate]):
    list_display = ("name", "slug", "team", "scope", "created_at")
    list_filter = ("scope", "team")
    search_fields = ("name", "slug", "description")
    list_select_related = ("team",)
    readonly_fields = ("uid", "created_at")
    autocomplete_fields = ("team",)

    def get_readonly_fields(self, request: HttpRequest, obj: AppTemplate | None = None) -> tuple[str, ...]:
        return ("uid", "created_at") if obj is None else ("uid", "slug", "created_at")

    def has_delete_permission(self, request: HttpRequest, obj: AppTemplate | None = None) -> bool:
        used = obj is not None and (obj.versions.exists() or obj.installations.exists())
        return super().has_delete_permission(request, obj) and not used


@admin.register(TemplateVersion)
class TemplateVersionAdmin(AuditedAdmin[TemplateVersion]):
    """Versions come from publications only. A draft's document may be mended; a released version keeps everything but
    its alias and notes, and its state is changed on its own page."""

    may_add = may_delete = False
    form = VersionDocumentForm
    list_display = ("version", "template", "state", "prerelease", "released_at", "released_by")
    list_filter = ("state", "prerelease")
    search_fields = ("version", "alias", "template__name", "template__slug")
    list_select_related = ("template", "released_by")
    shown = ("state", "digest", "prerelease", "sort_key", "created_by", "created_at", "released_by", "released_at")

    def get_form(
        self, request: HttpRequest, obj: TemplateVersion | None = None, change: bool = False, **options: Any
    ) -> Any:
        if obj is not None and not obj.is_draft:
            options["form"] = ModelForm
        return super().get_form(request, obj, change, **options)

    def get_fields(self, request: HttpRequest, obj: TemplateVersion | None = None) -> Any:
        document = "document" if obj is None or obj.is_draft else FROZEN
        return ("template", "version", "alias", "notes", document, *self.shown)

    def get_readonly_fields(self, request: HttpRequest, obj: TemplateVersion | None = None) -> Any:
        frozen = () if obj is None or obj.is_draft else (FROZEN,)
        return ("template", "version", *self.shown, *frozen)


@admin.register(SyncRecord)
class SyncRecordAdmin(ReadOnlyAdmin[SyncRecord]):
    list_display = ("key", "version", "relation", "image", "status", "attempts")
    list_filter = ("status", "relation")
    search_fields = ("key", "image", "version__template__name")
    list_select_related = ("version__template",)
    ordering = ("-pk",)


@admin.register(TemplateLogo)
class TemplateLogoAdmin(ReadOnlyAdmin[TemplateLogo]):
    """Set and removed on the template's own page, which makes every picture anew."""

    list_display = ("template",)
    list_select_related = ("template",)
    search_fields = ("template__name", "template__slug")
    fields = ("template",)
    ordering = ("-pk",)
