"""Upgrade management: where an installation is, and where it may go."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, Busy, Installation, Origin
from apps_app.views.shared import application_page
from config.accounts.guards import fetch
from config.web import OperatorRequest
from templates_app.models import TemplateVersion
from upgrades_app.models import UpgradeRecord
from upgrades_app.views.offered import offered_to
from upgrades_app.ways_back import ways_back


@require_GET
def manage(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    installation = application.installed()
    context: dict[str, object] = {
        "installation": installation,
        "busy": Busy.objects.filter(application=application).first(),
        "last": UpgradeRecord.objects.filter(application=application).ended().newest_first().defer("plan").first(),
    }
    if installation is not None and installation.version is not None:
        context |= {
            "offered": offered_to(installation, installation.version),
            "ways": ways_back(application),
            "partial": partial_state(installation, installation.version),
        }
    return application_page(request, application, "upgrades_app/manage.html", context, current="upgrade")


def partial_state(installation: Installation, current: TemplateVersion) -> str:
    """ "2 of 5 at 1.1" where only some components were upgraded, else ""."""
    present = Q(state__in=[Origin.State.PRESENT, Origin.State.REMOVED_LOCALLY, Origin.State.DECLINED])
    there = installation.origins.filter(present)
    by_version = there.values("version__version", "version__sort_key").annotate(n=Count("pk"))
    rows = list(by_version.order_by("-version__sort_key"))
    ahead = [row for row in rows if row["version__sort_key"] > current.sort_key]
    if not ahead:
        return ""
    total = sum(row["n"] for row in rows)
    return ", ".join(f"{row['n']} of {total} at {row['version__version']}" for row in ahead)
