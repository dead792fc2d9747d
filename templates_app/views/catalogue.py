"""The catalogue: what can be installed."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from config.accounts.models import User
from config.web import OperatorRequest, page_of, render_page
from templates_app.forms.filters import CatalogueFilter
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.models.template import AppTemplateQuerySet
from templates_app.views.lookup import listed_for


@require_GET
def catalogue(request: OperatorRequest) -> HttpResponse:
    catalogue_filter = CatalogueFilter(
        request.GET, queryset=_counted(listed_for(request.user), request.user), user=request.user
    )
    context = {
        "filter": catalogue_filter,
        "page": page_of(request, catalogue_filter.qs),
        "sort": "name",
        "filtered": any(request.GET.get(name) for name in ("q", "team", "scope", "tag")),
    }
    return render_page(request, "templates_app/catalogue.html", context, fragment="rows")


def _counted(rows: AppTemplateQuerySet, user: User) -> AppTemplateQuerySet:
    """Each with its newest version that may be installed, its versions, and the installations one may see."""
    versions = TemplateVersion.objects.filter(template=OuterRef("pk"))
    mine = Q() if user.is_superuser else Q(installations__application__team__in=list(user.roles))
    installed = AppTemplate.objects.filter(mine, pk=OuterRef("pk"))
    released = versions.released().newest_first()
    drafts = versions.drafts().filter(template__team__in=list(user.roles))
    counted = rows.select_related("team").annotate(
        newest=Subquery(released.values("version")[:1]),
        newest_at=Subquery(released.values("released_at")[:1]),
        version_count=_count(versions.published(), "template", "pk"),
        installation_count=_count(installed, "pk", "installations"),
        has_draft=Exists(drafts),
    )
    return counted.order_by("name", "slug")


def _count(rows: QuerySet[Any], by: str, what: str) -> Coalesce:
    """In a query of its own: two counts over two joins of one query would multiply their rows."""
    counted = rows.order_by().values(by).annotate(n=Count(what)).values("n")
    return Coalesce(Subquery(counted), 0)
