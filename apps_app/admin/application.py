"""Applications and their components."""

from __future__ import annotations

from typing import Any, override

from django.contrib import admin
from django.db.models import JSONField
from django.http import HttpRequest

from apps_app.admin.forms import FixForm, PrettyJSONField, read_or_none
from apps_app.models import Application, Component
from config.accounts.admin import AuditedAdmin, folded
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse, parse_component


class ApplicationForm(FixForm[Application]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_if_at_work(self.instance)
        if "frame_desired" in self.changed_data and "frame_desired" in cleaned:
            with self.faults_on("frame_desired"):
                self._hold_together(parse(cleaned["frame_desired"] or {}))
        team, target = cleaned.get("team"), cleaned.get("target")
        if target is not None and team is not None and target.team_id != team.pk:
            self.add_error("target", f"{target} belongs to team {target.team}.")
        return cleaned

    def _hold_together(self, frame: AppSpec) -> None:
        """With the components, which use what the frame defines."""
        before = read_or_none(Application.objects.get(pk=self.instance.pk))
        if before is not None:
            self.hold(before, frame.model_copy(update={"components": before.components}))


class ComponentForm(FixForm[Component]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_if_at_work(self.instance.application)
        if "desired" in self.changed_data and "desired" in cleaned:
            with self.faults_on("desired"):
                self._hold_together(cleaned["desired"])
        return cleaned

    def _hold_together(self, document: object) -> None:
        key = self.instance.key
        mine = {} if document is None else {key: parse_component(document)}
        before = read_or_none(self.instance.application)
        if before is not None:
            others = {name: component for name, component in before.components.items() if name != key}
            self.hold(before, before.model_copy(update={"components": {**others, **mine}}), of=key)


@admin.register(Application)
class ApplicationAdmin(AuditedAdmin[Application]):
    """Made, uninstalled and deleted on its own pages, which know its target."""

    may_add = may_delete = False
    form = ApplicationForm
    formfield_overrides = {JSONField: {"form_class": PrettyJSONField}}
    list_display = ("name", "slug", "team", "target", "created_at")
    list_filter = ("team",)
    list_select_related = ("team", "target")
    search_fields = ("name", "slug", "uid", "target__slug", "installation__template__name")
    fields = (
        ("name", "slug", "uid", "created_at"),
        ("team", "target"),
        "frame_desired",
        folded("frame_applied", "Around the components, as applied"),
        folded("imported", "As last imported"),
    )
    readonly_fields = ("uid", "slug", "created_at", *fields[-2:])
    autocomplete_fields = ("team", "target")


@admin.register(Component)
class ComponentAdmin(AuditedAdmin[Component]):
    """Added and removed on the application's pages. What is wanted can be mended here; what is on the target is what
    the target says, and changes by the road alone."""

    may_add = may_delete = False
    form = ComponentForm
    formfield_overrides = {JSONField: {"form_class": PrettyJSONField}}
    list_display = ("key", "application", "revision", "applied_unknown", "stopped", "changed_by", "changed_at")
    list_filter = ("applied_unknown", "stopped", "application__team")
    list_select_related = ("application",)
    search_fields = ("key", "application__name", "application__slug")
    facts = ("applied_unknown", "stopped", "applied_digest", "revision", "changed_by", "changed_at")
    fields = (("application", "key"), "desired", folded("applied"), *facts)
    readonly_fields = ("application", "key", fields[2], *facts)
    ordering = ("application_id", "key")

    @override
    def save_model(self, request: HttpRequest, obj: Component, form: Any, change: bool) -> None:
        """A form that somebody has open meanwhile is stale, as after any other edit."""
        obj.revision += 1
        obj.changed_by = request.user.get_username()
        super().save_model(request, obj, form, change)
