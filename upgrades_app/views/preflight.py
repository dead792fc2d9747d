"""Run the preflight checks of a details page or a planned record."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest
from upgrades_app.actions import preflight_plan
from upgrades_app.actions.build_plan import build_proposal
from upgrades_app.engine.execution.preflight import PreflightResult
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.labels import get_plan_again_url
from upgrades_app.presenters.plan_view import build_plan_view
from upgrades_app.presenters.preflight_panel import THIS, PreflightPanel, build_record_panel
from upgrades_app.views.details_flow import DetailsFlow
from upgrades_app.views.upgrade import get_version

PAGE = "upgrades_app/preflight.html"
CHECKED_KINDS = {OperationKind.UPGRADE, OperationKind.ROLLBACK, OperationKind.CHANGE, OperationKind.UNINSTALL}


@require_http_methods(["GET", "POST"])
def check_plan(request: OperatorRequest, slug: str) -> HttpResponse:
    """Check the plan for `?kind=` and `?to=`. POST includes the current answers; nothing is stored."""
    role = Role.VIEWER if request.method == "GET" else Role.OPERATOR
    application = get_visible_object(request, Application.objects.with_installation(), role=role, slug=slug)
    kind = request.GET.get("kind", OperationKind.UPGRADE)
    if kind not in CHECKED_KINDS:
        raise Http404("Unknown kind of plan.")
    to = (
        get_version(application, request.GET.get("to", ""), ())
        if kind in {OperationKind.UPGRADE, OperationKind.ROLLBACK}
        else None
    )
    flow = DetailsFlow(request, application, OperationKind(kind), to, PAGE, "upgrade")
    answers = flow.read_answers() if request.method == "POST" else Answers()
    try:
        proposal = build_proposal(application, flow.kind, to, answers)
    except OperationRefused as refused:
        refusal = PreflightResult.from_error(refused.sentence)
        return _render_panel(
            request, application, PreflightPanel(str(application.target), THIS[flow.kind]).with_result(refusal)
        )
    panel = flow.build_panel(proposal.plan, build_plan_view(proposal.plan))
    preflight_result = preflight_plan.check_proposal(proposal)
    return _render_panel(request, application, replace(panel, url=flow.preflight_url).with_result(preflight_result))


@require_GET
def check_record(request: OperatorRequest, pk: int) -> HttpResponse:
    records = UpgradeRecord.objects.select_related(
        "application__target", "application__team", "team", "to_version__template"
    )
    record = get_visible_object(request, records.filter(application__isnull=False), pk=pk)
    if record.status != Status.PLANNED:
        return HttpResponse(status=204) if request.htmx else redirect(record)
    panel = build_record_panel(record, back=get_plan_again_url(record))
    return _render_panel(request, record.subject, panel.with_result(preflight_plan.check_record(record)))


def _render_panel(request: OperatorRequest, application: Application, panel: PreflightPanel) -> HttpResponse:
    """Render the panel; after a POST it posts the answers of the page again."""
    context = {"panel": panel, "answers_id": "answers" if request.method == "POST" else ""}
    return render_application_page(request, application, PAGE, context, current="upgrade", fragment="panel")
