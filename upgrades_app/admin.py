"""Upgrade records for whoever has to mend something by hand: looked at freely, changed hardly."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from config.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep

HIDDEN = ("values_before", "values_after")


class StepInline(admin.TabularInline[UpgradeStep, UpgradeRecord]):
    model = UpgradeStep
    fields = readonly_fields = ("position", "wave", "key", "action", "status", "attempt", "error", "ended_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: UpgradeRecord | None = None) -> bool:
        return False


@admin.register(UpgradeRecord)
class UpgradeRecordAdmin(AuditedAdmin[UpgradeRecord]):
    """Only the reason can be mended, and only until the record has ended; the rest is what happened."""

    list_display = ("__str__", "kind", "status", "template_label", "confirmed_by_label", "created_at", "ended_at")
    list_filter = ("status", "kind", "team", "template_label")
    search_fields = ("application_label", "application__slug", "confirmed_by_label", "digest", "reference")
    list_select_related = ("application",)
    date_hierarchy = "created_at"
    exclude = HIDDEN
    inlines = (StepInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: UpgradeRecord | None = None) -> list[str]:
        return [field.name for field in UpgradeRecord._meta.fields if field.name not in {*HIDDEN, "reason"}]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UpgradeRecord | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: UpgradeRecord | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.has_ended)


@admin.register(UpgradeStep)
class UpgradeStepAdmin(ReadOnlyAdmin[UpgradeStep]):
    list_display = ("record", "position", "key", "action", "status", "attempt", "started_at", "ended_at")
    list_filter = ("status", "action")
    search_fields = ("key", "record__application_label", "error")
    list_select_related = ("record",)


@admin.register(UpgradeEvent)
class UpgradeEventAdmin(ReadOnlyAdmin[UpgradeEvent]):
    list_display = ("at", "record", "kind", "text", "by")
    list_filter = ("kind",)
    search_fields = ("text", "record__application_label")
    list_select_related = ("record",)
    date_hierarchy = "at"
