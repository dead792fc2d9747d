"""Lists of upgrade records: all visible ones, and those of one application."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.web import OperatorRequest, paginate, render_page
from upgrades_app.forms.filters import RecordFilter
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import OPEN, Status, UpgradeRecordQuerySet
from upgrades_app.queries.rollback_targets import list_rollback_targets

NARROWED = ("q", "status", "kind", "template", "by")


@require_GET
def list_records(request: OperatorRequest) -> HttpResponse:
    rows = UpgradeRecord.objects.visible_to(request.user)
    return render_page(request, "upgrades_app/records.html", _build_context(request, rows), fragment="rows")


@require_GET
def list_application_records(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    rows = UpgradeRecord.objects.filter(application=application)
    context = _build_context(request, rows, single=True) | {
        "rollback_target": next(iter(list_rollback_targets(application)), None),
        "pending_notice": ""
        if request.GET.get("status")
        else _describe_pending(rows.filter(status=Status.PLANNED).count()),
    }
    return render_application_page(
        request, application, "upgrades_app/history.html", context, current="history", fragment="rows"
    )


def _describe_pending(count: int) -> str:
    if not count:
        return ""
    return "1 plan is waiting for confirmation." if count == 1 else f"{count} plans are waiting for confirmation."


def _build_context(request: OperatorRequest, rows: UpgradeRecordQuerySet, *, single: bool = False) -> dict[str, object]:
    records = rows.without_documents().select_related("application").defer("application__imported")
    record_filter = RecordFilter(
        request.GET, queryset=records.order_by("-created_at", "-pk"), user=request.user, single=single
    )
    page = paginate(request, record_filter.qs)
    return {
        "filter": record_filter,
        "page": page,
        "sort": "-created",
        "filtered": any(request.GET.get(name) for name in NARROWED),
        "moving": any(record.status in OPEN for record in page),
    }
