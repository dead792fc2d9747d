"""The catalogue: what can be installed."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from config.accounts.models import User
from config.web import OperatorRequest, page_of, render_page
from templates_app.forms.filters import CatalogueFilter
from templates_app.models import TemplateVersion
from templates_app.models.template import AppTemplateQuerySet
from templates_app.views.fetching import listed_for


@require_GET
def catalogue(request: OperatorRequest) -> HttpResponse:
    found = CatalogueFilter(request.GET, queryset=_counted(listed_for(request.user), request.user), user=request.user)
    context = {
        "filter": found,
        "page": page_of(request, found.qs),
        "sort": "name",
        "filtered": any(request.GET.get(name) for name in ("q", "team", "scope")),
    }
    return render_page(request, "templates_app/catalogue.html", context, fragment="rows")


def _counted(rows: AppTemplateQuerySet, user: User) -> AppTemplateQuerySet:
    """Each with its newest version that may be installed, its versions, and the installations one may see."""
    released = TemplateVersion.objects.released().filter(template=OuterRef("pk")).newest_first()
    mine = Q() if user.is_superuser else Q(installations__application__team__in=list(user.roles))
    published = ~Q(versions__state=TemplateVersion.State.DRAFT)
    drafts = TemplateVersion.objects.drafts().filter(template=OuterRef("pk"), template__team__in=list(user.roles))
    counted = rows.select_related("team").annotate(
        newest=Subquery(released.values("version")[:1]),
        newest_at=Subquery(released.values("released_at")[:1]),
        version_count=Count("versions", filter=published, distinct=True),
        installation_count=Count("installations", filter=mine, distinct=True),
        has_draft=Exists(drafts),
    )
    return counted.order_by("name", "slug")
