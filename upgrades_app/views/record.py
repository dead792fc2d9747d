"""One upgrade record: plan, progress, events and result."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from apps_app.views.application_page import SideNavigation, build_side_navigation
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.web import OperatorRequest, render_page, wants_fragment
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.labels import get_plan_again_url
from upgrades_app.presenters.plan_view import build_plan_view
from upgrades_app.presenters.preflight_panel import PreflightPanel, build_record_panel
from upgrades_app.presenters.progress_view import ProgressView, build_progress_view
from upgrades_app.queries.rollback_targets import list_rollback_targets

RECORDS = (
    UpgradeRecord.objects.without_documents()
    .select_related(
        "application__target__team", "application__installation__version", "application__installation__template", "team"
    )
    .defer("application__imported", "application__installation__version__document")
)


@require_GET
def show_record(request: OperatorRequest, pk: int) -> HttpResponse:
    return _render_page(request, get_visible_object(request, RECORDS, pk=pk))


@require_GET
def show_progress(request: OperatorRequest, pk: int) -> HttpResponse:
    """Live progress. 204 if no event follows `?after=` and the status is still `?status=`."""
    result = get_visible_object(request, RECORDS, pk=pk)
    if not wants_fragment(request):
        return _render_page(request, result)
    after = _parse_number(request.GET.get("after", ""))
    if result.status == request.GET.get("status") and not result.events.filter(pk__gt=after).exists():
        response = HttpResponse(status=204)
        patch_vary_headers(response, ["HX-Request"])
        return response
    live = build_progress_view(result, after=after)
    context = {**_build_progress_context(request, result, live), "polled": True}
    if result.has_ended:
        context["side"] = _build_side_navigation(request, result)
    return render_page(request, "upgrades_app/record.html", context, fragment="live")


def _render_page(request: OperatorRequest, record: UpgradeRecord) -> HttpResponse:
    live = build_progress_view(record)
    context = {
        **_build_progress_context(request, record, live),
        "comparison": build_plan_view(record.stored_plan) if record.is_readable else None,
        "plan": record.stored_plan if record.is_readable else None,
        "side": _build_side_navigation(request, record),
        "panel": _build_panel(record),
    }
    response = render_page(request, "upgrades_app/record.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _build_side_navigation(request: OperatorRequest, record: UpgradeRecord) -> SideNavigation | None:
    return build_side_navigation(request, record.application, "history") if record.application else None


def _build_panel(record: UpgradeRecord) -> PreflightPanel | None:
    """Return the preflight panel of a planned record."""
    is_planned = (
        record.status == Status.PLANNED and record.application is not None and record.application.target is not None
    )
    return build_record_panel(record, back=get_plan_again_url(record)) if is_planned and record.is_readable else None


def _build_progress_context(request: OperatorRequest, record: UpgradeRecord, live: ProgressView) -> dict[str, object]:
    may_act = Actor.from_user(request.user).has_role(record.team, Role.OPERATOR)
    return {
        "record": record,
        "live": live,
        "bar": "" if not record.has_ended else "ok" if record.completed_as_planned else "bad",
        "may_act": may_act,
        "steps_word": "Steps" if record.is_open else "Completed steps",
        "again": "" if record.succeeded else get_plan_again_url(record),
        "may_confirm": may_act and record.status == Status.PLANNED,
        "rollback_target": _find_rollback(record) if may_act else "",
    }


def _find_rollback(record: UpgradeRecord) -> str:
    """Return the version to roll back to, if this upgrade is the latest one."""
    application = record.application
    if application is None or record.kind != "upgrade" or not record.has_ended:
        return ""
    nearest = next(
        (
            rollback_target
            for rollback_target in list_rollback_targets(application)
            if record.pk == rollback_target.records[0].pk
        ),
        None,
    )
    return nearest.version.version if nearest is not None else ""


def _parse_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
