from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.web import OperatorRequest
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.views.details_flow import DetailsFlow

PAGE = "upgrades_app/uninstall.html"


@require_http_methods(["GET", "POST"])
def show_uninstall(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    if not application.was_ever_applied():
        return render_application_page(
            request, application, PAGE, {"nothing": True}, current="settings", fragment="comparison"
        )
    return DetailsFlow(request, application, OperationKind.UNINSTALL, None, PAGE, "settings").respond({})
