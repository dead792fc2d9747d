"""Unfinished upgrades, as a page and as a fragment of the topology page."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.web import OperatorRequest
from upgrades_app.queries.unfinished_work import load_unfinished_work


@require_GET
def show_unfinished_work(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    context = {"unfinished": load_unfinished_work(application)}
    return render_application_page(
        request, application, "upgrades_app/unfinished.html", context, current="upgrade", fragment="part"
    )
