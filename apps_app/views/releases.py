from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, ReleaseRecord
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.web import OperatorRequest, paginate


@require_GET
def releases(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    rows = ReleaseRecord.objects.visible_to(request.user).filter(application=application).newest_first()
    page = paginate(request, rows.select_related("version__template").defer("version__document"))
    new = request.GET.get("new", "")
    context = {"page": page, "new": int(new) if new.isdecimal() else None}
    return render_application_page(
        request, application, "apps_app/releases.html", context, current="releases", fragment="rows"
    )
