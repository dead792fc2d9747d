"""Applications and their components."""

from __future__ import annotations

from typing import Any, override

from django.contrib import admin
from django.db.models import JSONField
from django.http import HttpRequest

from apps_app.admin.forms import FixForm, PrettyJSONField, read_or_none
from apps_app.models import Application, Component
from config.accounts.admin import AuditedAdmin
from templates_app.spec.errors import SpecError
from templates_app.spec.parse import parse, parse_component


class ApplicationForm(FixForm[Application]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_if_at_work(self.instance)
        for name in ("frame_desired", "frame_applied", "imported"):
            self._parse(name, cleaned.get(name))
        if "frame_desired" in self.changed_data and not self.errors:
            self._hold_together(cleaned["frame_desired"])
        team, target = cleaned.get("team"), cleaned.get("target")
        if target is not None and team is not None and target.team_id != team.pk:
            self.add_error("target", f"{target} belongs to team {target.team}.")
        return cleaned

    def _parse(self, name: str, document: object) -> None:
        try:
            parse(document or {})
        except SpecError as error:
            self.add_faults(name, error.faults)

    def _hold_together(self, frame: dict[str, Any]) -> None:
        """With the components, which use what the frame defines."""
        before = read_or_none(Application.objects.get(pk=self.instance.pk))
        if before is not None:
            after = parse(frame).model_copy(update={"components": before.components})
            self.add_new_faults("frame_desired", before, after)


class ComponentForm(FixForm[Component]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        application = self.instance.application
        self.refuse_if_at_work(application)
        for name in ("desired", "applied"):
            self._parse(name, cleaned.get(name))
        before = read_or_none(application)
        if before is not None and "desired" in self.changed_data and not self.errors:
            others = {key: one for key, one in before.components.items() if key != self.instance.key}
            document = cleaned["desired"]
            mine = {} if document is None else {self.instance.key: parse_component(document)}
            after = before.model_copy(update={"components": {**others, **mine}})
            self.add_new_faults("desired", before, after)
        return cleaned

    def _parse(self, name: str, document: object) -> None:
        try:
            if document is not None:
                parse_component(document)
        except SpecError as error:
            self.add_faults(name, error.faults)


@admin.register(Application)
class ApplicationAdmin(AuditedAdmin[Application]):
    """Made, uninstalled and deleted on its own pages, which know its target."""

    form = ApplicationForm
    formfield_overrides = {JSONField: {"form_class": PrettyJSONField}}
    list_display = ("name", "slug", "team", "target", "created_at")
    list_filter = ("team",)
    list_select_related = ("team", "target")
    search_fields = ("name", "slug", "uid", "target__slug", "installation__template__name")
    readonly_fields = ("uid", "slug", "created_at")
    autocomplete_fields = ("team", "target")

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False


@admin.register(Component)
class ComponentAdmin(AuditedAdmin[Component]):
    """Added and removed on the application's pages; an empty wanted document waits to be removed."""

    form = ComponentForm
    formfield_overrides = {JSONField: {"form_class": PrettyJSONField}}
    list_display = ("key", "application", "revision", "applied_unknown", "stopped", "changed_by", "changed_at")
    list_filter = ("applied_unknown", "stopped", "application__team")
    list_select_related = ("application",)
    search_fields = ("key", "application__name", "application__slug")
    readonly_fields = ("application", "key", "applied_digest", "revision", "changed_by", "changed_at")
    fields = (
        ("application", "key"),
        "desired",
        "applied",
        ("applied_unknown", "stopped"),
        ("applied_digest", "revision", "changed_by", "changed_at"),
    )
    ordering = ("application_id", "key")

    @override
    def save_model(self, request: HttpRequest, obj: Component, form: Any, change: bool) -> None:
        """A form that somebody has open meanwhile is stale, as after any other edit."""
        obj.revision += 1
        obj.changed_by = request.user.get_username()
        super().save_model(request, obj, form, change)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Component | None = None) -> bool:
        return False
