"""Where a template is installed: a part of the template's page, and a page of its own."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Installation
from config.accounts.guards import fetch
from config.web import OperatorRequest, page_of, render_page
from templates_app.models import AppTemplate


@require_GET
def installations(request: OperatorRequest, slug: str) -> HttpResponse:
    template = fetch(request, AppTemplate.objects, slug=slug)
    rows = Installation.objects.filter(template=template).select_related(
        "application__target", "application__team", "version"
    )
    if not request.user.is_superuser:
        rows = rows.filter(application__team__in=list(request.user.roles))
    behind = rows.behind()
    page = page_of(request, rows.order_by("application__name").defer("version__document"))
    context = {
        "template": template,
        "page": page,
        "behind": set(behind.filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True)),
    }
    return render_page(request, "apps_app/installations.html", context, fragment="installations")
