from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from config.accounts.actor import Actor
from config.accounts.audit import record
from config.accounts.models import AuditEntry, Membership, Team, User


class AuditedAdmin[M: Model](admin.ModelAdmin[M]):
    """An admin whose changes are audit entries like everybody else's."""

    def save_model(self, request: HttpRequest, obj: M, form: ModelForm[M], change: bool) -> None:
        super().save_model(request, obj, form, change)
        verb = "edited in admin" if change else "added in admin"
        record(Actor.of(request.user), verb, obj, data={"fields": form.changed_data})

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        record(Actor.of(request.user), "deleted in admin", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        for obj in queryset:
            record(Actor.of(request.user), "deleted in admin", obj)
        super().delete_queryset(request, queryset)


class ReadOnlyAdmin[M: Model](admin.ModelAdmin[M]):
    """An admin that only shows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class MembershipInline(admin.TabularInline[Membership, Team]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(User)
class AuditedUserAdmin(AuditedAdmin[User], UserAdmin[User]):
    pass


@admin.register(Team)
class TeamAdmin(AuditedAdmin[Team]):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return False  # its audit entries outlive everything it has


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin[Membership]):
    list_display = ("user", "team", "role")
    list_filter = ("team", "role")
    list_select_related = ("user", "team")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ("at", "actor", "verb", "object_type", "label", "team")
    list_filter = ("team", "object_type", "verb")
    search_fields = ("actor", "label")
    date_hierarchy = "at"
    list_select_related = ("team",)
