"""People, teams, and what they did."""

from __future__ import annotations

from typing import Any, override

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from config.accounts.actions.team_members import refuse_last_owner
from config.accounts.admin.base import AuditedAdmin, ReadOnlyAdmin
from config.accounts.admin.document_widgets import called, folded
from config.accounts.models import AuditEntry, KeyCheck, Membership, Role, SignInAttempt, Team, User
from config.accounts.sessions.throttle import digest_of
from config.errors import Refused

admin.site.unregister(Group)  # a person's rights are memberships of teams


class UserForm(UserChangeForm[User]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        keeps = cleaned.get("is_superuser", True) and cleaned.get("is_active", True)
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=self.instance.pk)
        if self.instance.is_superuser and not keeps and not others.exists():
            raise forms.ValidationError("This is the last active superuser: make somebody else one first.")
        return cleaned


class MembersFormSet(BaseInlineFormSet[Membership, Team, "forms.ModelForm[Membership]"]):
    def clean(self) -> None:
        super().clean()
        had = any(form.instance.pk and form.initial.get("role") == Role.OWNER for form in self.forms)
        stays = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        if had and not any(data.get("role") == Role.OWNER and data["user"].is_active for data in stays):
            raise forms.ValidationError("A team keeps at least one owner who can sign in.")


class MembershipForm(forms.ModelForm[Membership]):
    def clean_role(self) -> int:
        role: int = self.cleaned_data["role"]
        if role < Role.OWNER:
            try:
                refuse_last_owner(Membership.objects.select_related("user", "team").get(pk=self.instance.pk))
            except Refused as refused:
                raise forms.ValidationError(refused.sentence) from None
        return role


class MembershipInline(admin.TabularInline[Membership, Team]):
    model = Membership
    formset = MembersFormSet
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(User)
class AuditedUserAdmin(AuditedAdmin[User], UserAdmin[User]):
    """People are deactivated, not deleted: what they did names them."""

    may_delete = False
    form = UserForm
    list_display = ("username", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ("user_permissions",)


@admin.register(Team)
class TeamAdmin(AuditedAdmin[Team]):
    """A team is not deleted: its audit entries outlive everything it has."""

    may_delete = False
    list_display = ("name", "slug", "members")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(members=Count("memberships"))

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> tuple[str, ...]:
        return () if obj is None else ("slug",)

    @admin.display(ordering="members")
    def members(self, team: Team) -> int:
        return team.members  # type: ignore[attr-defined,no-any-return]  # annotated above


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin[Membership]):
    """Members come and go on the page of their team, which keeps its last owner."""

    may_add = may_delete = False
    form = MembershipForm
    list_display = ("user", "team", "role")
    list_filter = ("role",)
    list_select_related = ("user", "team")
    search_fields = ("user__username", "team__name", "team__slug")
    readonly_fields = ("user", "team")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    """The audit trail's own page narrows and exports; here is each entry whole."""

    words = (called("actor", "Who"), called("verb", "What was done"), called("label", "To what"))
    list_display = ("at", *words, "application", "team")
    list_filter = ("team",)
    search_fields = ("actor", "label", "verb", "application")
    list_select_related = ("team",)
    fields = (
        ("at", words[0], "user"),
        (*words[1:], "object_type", "object_id"),
        ("application", "team", "url"),
        folded("data", "Details"),
    )


@admin.register(SignInAttempt)
class SignInAttemptAdmin(AuditedAdmin[SignInAttempt]):
    """Deleting them lets somebody in at once who waits. A whole user name finds its own tries."""

    may_add = may_change = False
    list_display = ("at", "address")
    search_fields = ("address",)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SignInAttempt], search_term: str
    ) -> tuple[QuerySet[SignInAttempt], bool]:
        result, twice = super().get_search_results(request, queryset, search_term)
        return (result | queryset.filter(name=digest_of(search_term)) if search_term else result), twice


@admin.register(KeyCheck)
class KeyCheckAdmin(ReadOnlyAdmin[KeyCheck]):
    exclude = ("sealed",)
