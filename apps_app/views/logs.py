"""The logs of one component: the last lines, live, and as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.presenters.log_view import CHOICES, read_logs
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.web import OperatorRequest, wants_fragment


@require_GET
def logs(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    row = get_object_or_404(application.components, key=key)
    text = request.GET.get("lines", "")
    count = next((choice for choice in CHOICES if text == str(choice)), CHOICES[0])
    log_view = read_logs(application, key, CHOICES[-1] if "download" in request.GET else count)
    if "download" in request.GET and not log_view.error:
        name = f"{application.slug}-{key}.log"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(f"{log_view.text}\n", content_type="text/plain; charset=utf-8", headers=headers)
    if wants_fragment(request) and request.GET.get("seen") == log_view.mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    context = {"row": row, "logs": log_view, "count": count, "choices": CHOICES}
    return application_page(request, application, "apps_app/logs.html", context, current="components", fragment="logs")
