"""One template: its versions, where it is installed, and what differs between two versions."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.web import OperatorRequest, page_of, render_page
from templates_app.actions.delete_template import role_to_delete
from templates_app.appspec.presentation.published_view import compare_published
from templates_app.models import TemplateVersion
from templates_app.presenters.comparison import differences
from templates_app.views.lookup import fetch_template, versions_of


@require_GET
def template(request: OperatorRequest, slug: str) -> HttpResponse:
    template = fetch_template(request, slug)
    user = request.user
    mine = Q() if user.is_superuser else Q(installations__application__team__in=list(user.roles))
    versions = versions_of(request, template)
    rows = versions.annotate(installation_count=Count("installations", filter=mine)).defer("document", "notes")
    names = list(versions.values_list("version", flat=True))
    context = {
        "template": template,
        "page": page_of(request, rows.select_related("released_by")),
        "names": names,
        "newest": versions.released().values_list("version", flat=True).first(),
        "two": (names[1], names[0]) if len(names) > 1 else None,
        "may_install": Actor.of(user).holds(Role.OPERATOR),
        "may_publish": Actor.of(user).may(template.team, Role.PUBLISHER),
        "may_delete": Actor.of(user).may(template.team, role_to_delete(template)),
    }
    return render_page(request, "templates_app/template.html", context, fragment="rows")


@require_GET
def compare(request: OperatorRequest, slug: str) -> HttpResponse:
    """What differs between any two versions, as each reads by itself."""
    template = fetch_template(request, slug)
    versions = versions_of(request, template)
    names = list(versions.values_list("version", flat=True))
    if not names:
        raise Http404("There is no version to compare.")
    after = request.GET.get("to") or names[0]
    before = request.GET.get("from") or next(iter(names[names.index(after) + 1 :] if after in names else []), after)
    result = {row.version: row for row in versions.filter(version__in=[before, after])}
    if before not in result or after not in result:
        raise Http404("There is no such version that you may see.")
    context = {
        "template": template,
        "names": names,
        "before": result[before],
        "after": result[after],
        "differences": _differences(result[before], result[after]),
    }
    return render_page(request, "templates_app/compare.html", context, fragment="comparison")


def _differences(before: TemplateVersion, after: TemplateVersion) -> object:
    return differences(compare_published(before.spec, after.spec), after.spec)
