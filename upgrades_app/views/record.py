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
    found = fetch(request, RECORDS, pk=pk)
    if not wants_fragment(request):
        return _page(request, found)
    after = _number(request.GET.get("after", ""))
    if found.status == request.GET.get("was") and not found.events.filter(pk__gt=after).exists():
        response = HttpResponse(status=204)
        patch_vary_headers(response, ["HX-Request"])
        return response
    live = live_of(found, after=after)
    context = {**_live_context(request, found, live), "polled": True}
    if found.has_ended:
        context["side"] = _side(request, found)
    return render_page(request, "upgrades_app/record.html", context, fragment="live")


def _page(request: OperatorRequest, found: UpgradeRecord) -> HttpResponse:
    live = live_of(found)
    context = {
        **_live_context(request, found, live),
        "sheet": lay_out(found.stored_plan) if found.is_readable else None,
        "plan": found.stored_plan if found.is_readable else None,
        "side": _side(request, found),
        "panel": _panel(found),
    }
    response = render_page(request, "upgrades_app/record.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _side(request: OperatorRequest, found: UpgradeRecord) -> Side | None:
    return side(request, found.application, "history") if found.application else None


def _panel(found: UpgradeRecord) -> Panel | None:
    """What stands in the way of a plan that waits."""
    waits = found.status == Status.PLANNED and found.application is not None and found.application.target is not None
    return panel_of_record(found, back=plan_again_url(found)) if waits and found.is_readable else None


def _live_context(request: OperatorRequest, found: UpgradeRecord, live: Live) -> dict[str, object]:
    may_act = Actor.of(request.user).may(found.team, Role.OPERATOR)
    return {
        "record": found,
        "live": live,
        "bar": "" if not found.has_ended else "ok" if found.went_as_planned else "bad",
        "may_act": may_act,
        "steps_word": "Steps" if found.is_open else "Steps done",
        "again": "" if found.succeeded else plan_again_url(found),
        "may_confirm": may_act and found.status == Status.PLANNED,
        "way_back": _way_back(found) if may_act else "",
    }


def _way_back(found: UpgradeRecord) -> str:
    """The version before, where this upgrade is the last one and can be gone back over."""
    application = found.application
    if application is None or found.kind != "upgrade" or not found.has_ended:
        return ""
    nearest = next((way for way in ways_back(application) if found.pk == way.records[0].pk), None)
    return nearest.version.version if nearest is not None else ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
