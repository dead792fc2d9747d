"""Upgrade records: of everything one may see, and of one application."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.web import OperatorRequest, page_of, render_page
from upgrades_app.forms.filters import RecordFilter
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import OPEN, Status, UpgradeRecordQuerySet
from upgrades_app.queries.rollback_targets import ways_back

NARROWED = ("q", "status", "kind", "template", "by")


@require_GET
def records(request: OperatorRequest) -> HttpResponse:
    rows = UpgradeRecord.objects.visible_to(request.user)
    return render_page(request, "upgrades_app/records.html", _context(request, rows), fragment="rows")


@require_GET
def history(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    rows = UpgradeRecord.objects.filter(application=application)
    context = _context(request, rows, single=True) | {
        "way_back": next(iter(ways_back(application)), None),
        "waiting": "" if request.GET.get("status") else _waiting(rows.filter(status=Status.PLANNED).count()),
    }
    return application_page(
        request, application, "upgrades_app/history.html", context, current="history", fragment="rows"
    )


def _waiting(count: int) -> str:
    if not count:
        return ""
    return "One plan waits to be confirmed." if count == 1 else f"{count} plans wait to be confirmed."


def _context(request: OperatorRequest, rows: UpgradeRecordQuerySet, *, single: bool = False) -> dict[str, object]:
    light = rows.light().select_related("application").defer("application__imported")
    record_filter = RecordFilter(
        request.GET, queryset=light.order_by("-created_at", "-pk"), user=request.user, single=single
    )
    page = page_of(request, record_filter.qs)
    return {
        "filter": record_filter,
        "page": page,
        "sort": "-created",
        "filtered": any(request.GET.get(name) for name in NARROWED),
        "moving": any(item.status in OPEN for item in page),
    }
