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
    said = request.GET.get("lines", "")
    count = next((one for one in CHOICES if said == str(one)), CHOICES[0])
    found = read_logs(application, key, CHOICES[-1] if "download" in request.GET else count)
    if "download" in request.GET and not found.error:
        name = f"{application.slug}-{key}.log"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(f"{found.text}\n", content_type="text/plain; charset=utf-8", headers=headers)
    if wants_fragment(request) and request.GET.get("seen") == found.mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    context = {"row": row, "logs": found, "count": count, "choices": CHOICES}
    return application_page(request, application, "apps_app/logs.html", context, current="components", fragment="logs")
