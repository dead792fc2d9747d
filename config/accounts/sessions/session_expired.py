from __future__ import annotations

from typing import Any, override

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect

NOT_SAVED = "You were signed out and your changes were not saved. Submit them again."


class SessionExpiredMiddleware(LoginRequiredMiddleware):
    """Leads to the door, and tells inside what became of a form."""

    @override
    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        leaves = request.resolver_match is not None and request.resolver_match.url_name == "logout"
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not leaves:
            messages.warning(request, NOT_SAVED)
        return super().handle_no_permission(request, view_func)
