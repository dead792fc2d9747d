"""What the target says to a plan, asked while the details or a planned record are looked at; and again."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.views.shared import application_page
from config.accounts.guards import fetch
from config.errors import Refused
from config.web import OperatorRequest
from upgrades_app import preflight
from upgrades_app.actions.propose import propose
from upgrades_app.engine.preflight import Findings
from upgrades_app.engine.situation import Answers, Kind
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.views.upgrade import version_named

PAGE = "upgrades_app/preflight.html"
ASKED = {Kind.UPGRADE, Kind.ROLLBACK, Kind.CHANGE, Kind.UNINSTALL}

THIS = {
    Kind.INSTALL: "the install",
    Kind.UPGRADE: "the upgrade",
    Kind.ROLLBACK: "going back",
    Kind.CHANGE: "the change",
    Kind.UNINSTALL: "the uninstall",
}


@require_GET
def of_plan(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?kind=` and `?to=` as the details page has them; questions count as they stand before any answer."""
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    said = request.GET.get("kind", Kind.UPGRADE)
    if said not in ASKED:
        raise Http404("There is no such plan.")
    to = version_named(application, request.GET.get("to", ""), ()) if said in {Kind.UPGRADE, Kind.ROLLBACK} else None
    try:
        found = preflight.of_proposal(propose(application, Kind(said), to, Answers()))
    except Refused as refused:
        found = Findings((refused.sentence,))
    return _page(request, application, Kind(said), found)


@require_GET
def of_record(request: OperatorRequest, pk: int) -> HttpResponse:
    records = UpgradeRecord.objects.select_related("application__target", "application__team", "team")
    record = fetch(request, records.filter(status=Status.PLANNED, application__isnull=False), pk=pk)
    return _page(request, record.subject, Kind(record.kind), preflight.of_record(record))


def _page(request: OperatorRequest, application: Application, kind: Kind, found: Findings) -> HttpResponse:
    context = {"found": found, "this": THIS[kind], "again": request.get_full_path()}
    return application_page(request, application, PAGE, context, current="upgrade", fragment="preflight")
