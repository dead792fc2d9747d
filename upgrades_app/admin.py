"""Admin of upgrade records: mostly read-only."""

from __future__ import annotations

from typing import override

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.core.exceptions import PermissionDenied
from django.db.models import JSONField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse

from config.accounts.access.actor import Actor
from config.accounts.admin import AuditedAdmin, ReadOnlyAdmin, called, folded
from config.errors import OperationRefused
from upgrades_app.actions.mark_interrupted import mark_interrupted
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep

DOCUMENTS = tuple(folded(field.name) for field in UpgradeRecord._meta.fields if isinstance(field, JSONField))
RECORD_FIELDS = (
    ("application", called("application_label", "Name at that time"), "team"),
    ("kind", "status", "policy", "attempt"),
    (called("template_label", "Template"), called("from_label", "From"), called("to_label", "To")),
    "result",
)
ACTOR_FIELDS = (
    (called("created_by_label", "Planned by"), "created_at"),
    (called("confirmed_by_label", "Confirmed by"), "confirmed_at"),
    ("started_at", "ended_at"),
)
PLAN_FIELDS = ("digest", "fingerprint", "reference", "superseded_by")


class InterruptReasonForm(forms.Form):
    reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))


class StepInline(admin.TabularInline[UpgradeStep, UpgradeRecord]):
    model = UpgradeStep
    fields = readonly_fields = ("position", "wave", "key", "action", "status", "attempt", "error", "ended_at")
    extra = 0
    can_delete = False
    show_change_link = True

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[UpgradeStep]:
        return super().get_queryset(request).defer("desired_before", "applied_before", "after")

    @override
    def has_add_permission(self, request: HttpRequest, obj: UpgradeRecord | None = None) -> bool:
        return False


@admin.register(UpgradeRecord)
class UpgradeRecordAdmin(AuditedAdmin[UpgradeRecord]):
    """Only the reason can be changed, until the record has finished."""

    may_add = may_delete = False
    list_display = ("__str__", "kind", "status", *RECORD_FIELDS[2][:1], *ACTOR_FIELDS[1][:1], "created_at", "ended_at")
    list_filter = ("status", "kind", "team")
    search_fields = ("application_label", "application__slug", "template_label", "confirmed_by_label", "reference")
    inlines = (StepInline,)
    fieldsets = (
        (None, {"fields": (*RECORD_FIELDS, "reason")}),
        ("People and dates", {"fields": ACTOR_FIELDS}),
        ("Plan", {"fields": PLAN_FIELDS}),
        ("Documents", {"fields": DOCUMENTS, "description": "Secrets are encrypted and not included."}),
    )
    readonly_fields = tuple(flatten((*RECORD_FIELDS, *ACTOR_FIELDS, *PLAN_FIELDS, *DOCUMENTS)))
    actions = ("mark_as_interrupted",)

    @override
    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.interrupt_view)
        return [path("<int:pk>/interrupt/", own, name="upgrades_app_upgraderecord_interrupt"), *super().get_urls()]

    @admin.action(description="Mark as interrupted (one record)", permissions=["change"])
    def mark_as_interrupted(self, request: HttpRequest, chosen: QuerySet[UpgradeRecord]) -> HttpResponse | None:
        if chosen.count() == 1:
            return redirect("admin:upgrades_app_upgraderecord_interrupt", pk=chosen.get().pk)
        self.message_user(request, "Select a single record.", messages.WARNING)
        return None

    def interrupt_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm and mark a record as interrupted."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        record = get_object_or_404(UpgradeRecord.objects.select_related("team", "application"), pk=pk)
        form = InterruptReasonForm(request.POST if request.method == "POST" else None)
        back = reverse("admin:upgrades_app_upgraderecord_change", args=[pk])
        if request.method != "POST" and not record.is_open:
            self.message_user(
                request,
                f"{record} is {record.get_status_display().lower()} and cannot be interrupted.",
                messages.WARNING,
            )
            return redirect(back)
        if request.method == "POST" and form.is_valid():
            try:
                ended = mark_interrupted(record, Actor.from_user(request.user), reason=form.cleaned_data["reason"])
            except OperationRefused as refused:
                self.message_user(request, refused.sentence, messages.ERROR)
            else:
                self.message_user(request, ended.result, messages.SUCCESS)
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Mark {record} as interrupted?",
            "opts": self.opts,
            "record": record,
            "form": form,
            "back": back,
        }
        return render(request, "admin/upgrades_app/upgraderecord/interrupt.html", context)

    @override
    def has_change_permission(self, request: HttpRequest, obj: UpgradeRecord | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.has_ended)


@admin.register(UpgradeStep)
class UpgradeStepAdmin(ReadOnlyAdmin[UpgradeStep]):
    list_display = ("record", "position", "key", "action", "status", "attempt", "started_at", "ended_at")
    list_filter = ("status", "action")
    search_fields = ("key", "record__application_label", "error")
    list_select_related = ("record",)
    ordering = ("-pk",)
    fields = (
        ("record", "position", "wave", "key", "action", "impact"),
        "sentence",
        ("status", "attempt", "started_at", "ended_at"),
        "error",
        "log_tail",
        folded("desired_before"),
        folded("applied_before"),
        folded("after"),
    )


@admin.register(UpgradeEvent)
class UpgradeEventAdmin(ReadOnlyAdmin[UpgradeEvent]):
    list_display = ("at", "record", "kind", "text", "by")
    list_filter = ("kind",)
    search_fields = ("text", "record__application_label")
    list_select_related = ("record",)
    ordering = ("-pk",)
    fields = ("record", "step", "at", "by", "kind", "text", folded("data"))
