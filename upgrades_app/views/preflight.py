"""What the target says to a plan, asked while the details or a planned record are looked at; and again."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from upgrades_app.actions import preflight_plan
from upgrades_app.actions.build_plan import propose
from upgrades_app.engine.execution.preflight import Findings
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.labels import plan_again_url
from upgrades_app.presenters.plan_view import lay_out
from upgrades_app.presenters.preflight_panel import THIS, Panel, panel_of_record
from upgrades_app.views.details_flow import Road
from upgrades_app.views.upgrade import version_named

PAGE = "upgrades_app/preflight.html"
ASKED = {Kind.UPGRADE, Kind.ROLLBACK, Kind.CHANGE, Kind.UNINSTALL}


@require_http_methods(["GET", "POST"])
def of_plan(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?kind=` and `?to=` as the details page has them. POST changes nothing either: it takes the answers along."""
    role = Role.VIEWER if request.method == "GET" else Role.OPERATOR
    application = fetch(request, Application.objects.with_installation(), role=role, slug=slug)
    text = request.GET.get("kind", Kind.UPGRADE)
    if text not in ASKED:
        raise Http404("There is no such plan.")
    to = version_named(application, request.GET.get("to", ""), ()) if text in {Kind.UPGRADE, Kind.ROLLBACK} else None
    road = Road(request, application, Kind(text), to, PAGE, "upgrade")
    answers = road.answers() if request.method == "POST" else Answers()
    try:
        proposal = propose(application, road.kind, to, answers)
    except Refused as refused:
        refusal = Findings((refused.sentence,))
        return _page(request, application, Panel(str(application.target), THIS[road.kind]).with_findings(refusal))
    panel = road.panel(proposal.plan, lay_out(proposal.plan))
    preflight_result = preflight_plan.of_proposal(proposal)
    return _page(request, application, replace(panel, url=road.preflight_url).with_findings(preflight_result))


@require_GET
def of_record(request: OperatorRequest, pk: int) -> HttpResponse:
    records = UpgradeRecord.objects.select_related(
        "application__target", "application__team", "team", "to_version__template"
    )
    record = fetch(request, records.filter(application__isnull=False), pk=pk)
    if record.status != Status.PLANNED:
        return HttpResponse(status=204) if request.htmx else redirect(record)
    panel = panel_of_record(record, back=plan_again_url(record))
    return _page(request, record.subject, panel.with_findings(preflight_plan.of_record(record)))


def _page(request: OperatorRequest, application: Application, panel: Panel) -> HttpResponse:
    """What was posted is had again from the details page around it."""
    context = {"panel": panel, "answers_id": "answers" if request.method == "POST" else ""}
    return application_page(request, application, PAGE, context, current="upgrade", fragment="panel")
