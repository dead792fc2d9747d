"""What of an application's upgrades waits for somebody: a page of its own, and a part of the topology."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.web import OperatorRequest
from upgrades_app.queries.unfinished_work import unfinished as unfinished_of


@require_GET
def unfinished(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    context = {"unfinished": unfinished_of(application)}
    return application_page(
        request, application, "upgrades_app/unfinished.html", context, current="upgrade", fragment="part"
    )
