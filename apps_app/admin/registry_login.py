from __future__ import annotations

from django.contrib import admin

from apps_app.models import RegistryLogin
from config.accounts.admin import AuditedAdmin


@admin.register(RegistryLogin)
class RegistryLoginAdmin(AuditedAdmin[RegistryLogin]):
    """Set on the page of registry logins; the password is sealed and shown nowhere."""

    may_add = False
    list_display = ("host", "team", "username", "changed_by", "changed_at")
    list_filter = ("team",)
    list_select_related = ("team",)
    search_fields = ("host", "username", "team__name")
    readonly_fields = ("host", "team", "username", "changed_by", "changed_at")
    exclude = ("password",)
