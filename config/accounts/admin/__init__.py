"""Django's admin for data fixes: what all our models share in it, and people's own."""

from config.accounts.admin.base import AuditedAdmin, ReadOnlyAdmin
from config.accounts.admin.people import AuditedUserAdmin, TeamAdmin
from config.accounts.admin.shown import called, folded

__all__ = ["AuditedAdmin", "AuditedUserAdmin", "ReadOnlyAdmin", "TeamAdmin", "called", "folded"]
