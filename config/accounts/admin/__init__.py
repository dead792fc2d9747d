from config.accounts.admin.base import AuditedAdmin, ReadOnlyAdmin
from config.accounts.admin.document_widgets import called, folded
from config.accounts.admin.people import AuditedUserAdmin, TeamAdmin

__all__ = ["AuditedAdmin", "AuditedUserAdmin", "ReadOnlyAdmin", "TeamAdmin", "called", "folded"]
