"""One upgrade record: its plan, how far it is, what happened, how it ended."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from apps_app.views.application_page import Side, side
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.web import OperatorRequest, render_page, wants_fragment
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.labels import plan_again_url
from upgrades_app.presenters.plan_view import lay_out
from upgrades_app.presenters.preflight_panel import Panel, panel_of_record
from upgrades_app.presenters.progress_view import Live, live_of
from upgrades_app.queries.rollback_targets import ways_back

RECORDS = (
    UpgradeRecord.objects.light()
    .select_related(
        "application__target__team", "application__installation__version", "application__installation__template", "team"
    )
    .defer("application__imported", "application__installation__version__document")
)


@require_GET
def record(request: OperatorRequest, pk: int) -> HttpResponse:
    return _page(request, fetch(request, RECORDS, pk=pk))


@require_GET
def progress(request: OperatorRequest, pk: int) -> HttpResponse:
    """The part that lives; 204 when nothing happened after `?after=` and the status is still `?was=`."""
    result = fetch(request, RECORDS, pk=pk)
    if not wants_fragment(request):
        return _page(request, result)
    after = _number(request.GET.get("after", ""))
    if result.status == request.GET.get("was") and not result.events.filter(pk__gt=after).exists():
        response = HttpResponse(status=204)
        patch_vary_headers(response, ["HX-Request"])
        return response
    live = live_of(result, after=after)
    context = {**_live_context(request, result, live), "polled": True}
    if result.has_ended:
        context["side"] = _side(request, result)
    return render_page(request, "upgrades_app/record.html", context, fragment="live")


def _page(request: OperatorRequest, record: UpgradeRecord) -> HttpResponse:
    live = live_of(record)
    context = {
        **_live_context(request, record, live),
        "sheet": lay_out(record.stored_plan) if record.is_readable else None,
        "plan": record.stored_plan if record.is_readable else None,
        "side": _side(request, record),
        "panel": _panel(record),
    }
    response = render_page(request, "upgrades_app/record.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _side(request: OperatorRequest, record: UpgradeRecord) -> Side | None:
    return side(request, record.application, "history") if record.application else None


def _panel(record: UpgradeRecord) -> Panel | None:
    """What stands in the way of a plan that waits."""
    waits = record.status == Status.PLANNED and record.application is not None and record.application.target is not None
    return panel_of_record(record, back=plan_again_url(record)) if waits and record.is_readable else None


def _live_context(request: OperatorRequest, record: UpgradeRecord, live: Live) -> dict[str, object]:
    may_act = Actor.of(request.user).may(record.team, Role.OPERATOR)
    return {
        "record": record,
        "live": live,
        "bar": "" if not record.has_ended else "ok" if record.went_as_planned else "bad",
        "may_act": may_act,
        "steps_word": "Steps" if record.is_open else "Steps done",
        "again": "" if record.succeeded else plan_again_url(record),
        "may_confirm": may_act and record.status == Status.PLANNED,
        "way_back": _way_back(record) if may_act else "",
    }


def _way_back(record: UpgradeRecord) -> str:
    """The version before, where this upgrade is the last one and can be gone back over."""
    application = record.application
    if application is None or record.kind != "upgrade" or not record.has_ended:
        return ""
    nearest = next(
        (rollback_target for rollback_target in ways_back(application) if record.pk == rollback_target.records[0].pk),
        None,
    )
    return nearest.version.version if nearest is not None else ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
