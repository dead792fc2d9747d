from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Installation
from apps_app.presenters.display_names import DisplayNames
from config.accounts.access.guards import get_visible_object
from config.web import OperatorRequest, paginate, render_page
from templates_app.models import AppTemplate


@require_GET
def installations(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?version=` narrows it to those at one version."""
    template = get_visible_object(request, AppTemplate.objects, slug=slug)
    rows = Installation.objects.filter(template=template).select_related(
        "application__target", "application__team", "version"
    )
    if not request.user.is_superuser:
        rows = rows.filter(application__team__in=list(request.user.roles))
    version = request.GET.get("version", "")
    if version:
        rows = rows.filter(version__version=version)
    page = paginate(request, rows.order_by("application__name", "pk").defer("version__document"))
    shown = rows.filter(pk__in=[row.pk for row in page])
    context = {
        "template": template,
        "version": version,
        "shared_names": DisplayNames.for_user(request.user).shared,
        "page": page,
        "applied": set(shown.applied().values_list("pk", flat=True)),
        "behind": set(shown.behind().values_list("pk", flat=True)),
    }
    return render_page(request, "apps_app/installations.html", context, fragment="installations")
