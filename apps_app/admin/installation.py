from __future__ import annotations

from typing import Any, override

from django.contrib import admin
from django.http import HttpRequest

from apps_app.admin.forms import FixForm
from apps_app.models import Application, ApplicationLock, ComponentOrigin, Installation
from config.accounts.admin import AuditedAdmin


class InstallationForm(FixForm[Installation]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_unlocked(cleaned.get("application") or self._application())
        template, version = cleaned.get("template"), cleaned.get("version")
        if version is not None and template is not None and version.template_id != template.pk:
            self.add_error("version", f"{version} is not a version of {template}.")
        if version is not None and version.is_draft:
            self.add_error("version", f"{version} is not released yet.")
        return cleaned

    def _application(self) -> Application | None:
        return self.instance.application if self.instance.pk else None


class OriginForm(FixForm[ComponentOrigin]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        installation = cleaned.get("installation") or getattr(self.instance, "installation", None)
        if installation is None:
            return cleaned
        self.check_unlocked(installation.application if installation.pk else None)
        version, component = cleaned.get("version"), cleaned.get("component")
        if version is not None and version.template_id != installation.template_id:
            self.add_error("version", f"{version} is not a version of {installation.template}.")
        if component is not None and component.application_id != installation.application_id:
            self.add_error("component", f"{component} is not a component of {installation.application}.")
        return cleaned


class OriginInline(admin.TabularInline[ComponentOrigin, Installation]):
    model = ComponentOrigin
    form = OriginForm
    extra = 0
    raw_id_fields = ("version", "component")

    @override
    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("version__template", "component")
        return rows.defer("version__document", "component__desired", "component__applied")


def is_locked(installation: Installation) -> bool:
    return ApplicationLock.objects.active().filter(application=installation.application_id).exists()


@admin.register(Installation)
class InstallationAdmin(AuditedAdmin[Installation]):
    """Deleting one leaves the application as its own, which is offered no version any more."""

    form = InstallationForm
    list_display = ("application", "template", "version", "channel", "created_at")
    list_filter = ("channel", "application__team")
    list_select_related = ("application", "template", "version__template")
    search_fields = ("application__name", "application__slug", "template__name", "template__slug")
    raw_id_fields = ("version",)
    autocomplete_fields = ("application", "template")
    inlines = (OriginInline,)
    ordering = ("-pk",)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and is_locked(obj))


@admin.register(ComponentOrigin)
class OriginAdmin(AuditedAdmin[ComponentOrigin]):
    form = OriginForm
    list_display = ("template_key", "installation", "version", "state")
    list_filter = ("state",)
    list_select_related = ("installation__application", "installation__template", "version__template")
    search_fields = ("template_key", "installation__application__name", "installation__application__slug")
    raw_id_fields = ("installation", "version", "component")
    ordering = ("-pk",)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: ComponentOrigin | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and is_locked(obj.installation))
