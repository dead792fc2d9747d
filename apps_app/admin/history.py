from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps_app.models import ApplicationLock, Observation, ReleaseRecord, Value
from config.accounts.admin import ReadOnlyAdmin, called, folded
from config.statuses import get_badge


@admin.register(Value)
class ValueAdmin(ReadOnlyAdmin[Value]):
    """Values are set on the application's settings page, which knows the parameters; none is shown here."""

    list_display = ("name", "application", "secret", "source")
    list_filter = ("secret", "source", "application__team")
    list_select_related = ("application",)
    search_fields = ("name", "application__name", "application__slug")
    exclude = ("desired", "applied")
    ordering = ("application_id", "name")


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin[Observation]):
    list_display = ("component", "application", "state", "present", "at")
    list_filter = ("health", "present")
    list_select_related = ("component__application",)
    search_fields = ("component__key", "component__application__name", "component__application__slug")
    fields = ("component", "application", "state", "present", "detail", "digest", "at")
    ordering = ("-pk",)

    @admin.display(ordering="health")
    def state(self, observation: Observation) -> str:
        return get_badge(observation.health).label

    def application(self, observation: Observation) -> str:
        return str(observation.component.application)


@admin.register(ApplicationLock)
class BusyAdmin(ReadOnlyAdmin[ApplicationLock]):
    """Goes when its record ends; one that is stuck is ended at the record, by "Mark as interrupted".

    One without a record counts only while the process that wrote it lives, and is swept away after it.
    """

    list_display = ("application", "record", "by", "since")
    list_select_related = ("application",)
    search_fields = ("application__name", "application__slug", "by")
    fields = ("application", "record", "by", "since")

    def record(self, busy: ApplicationLock) -> SafeString:
        return format_html('<a href="{}">{}</a>', busy.url, busy.label)


@admin.register(ReleaseRecord)
class ReleaseRecordAdmin(ReadOnlyAdmin[ReleaseRecord]):
    names = (
        called("template_label", "Template"),
        called("version_label", "Version"),
        called("application_label", "From application"),
    )
    by = called("by_label", "Published by")
    list_display = (*names, "state", by, "at", "cancelled_at")
    list_filter = ("team",)
    list_select_related = ("version",)
    search_fields = ("template_label", "version_label", "application_label", "by_label")
    fields = (
        names,
        ("team", "application", "version", "state"),
        folded("left_out"),
        (by, "at"),
        ("cancelled_by", "cancelled_at"),
    )

    def state(self, record: ReleaseRecord) -> str:
        return record.status_label
