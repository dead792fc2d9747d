"""What uninstalling takes off the target, before it does it."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.web import OperatorRequest
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.views.details_flow import Road

PAGE = "upgrades_app/uninstall.html"


@require_http_methods(["GET", "POST"])
def uninstall(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    if not application.was_ever_applied():
        return application_page(request, application, PAGE, {"nothing": True}, current="settings", fragment="sheet")
    return Road(request, application, Kind.UNINSTALL, None, PAGE, "settings").answer({})
