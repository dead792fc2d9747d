"""Upgrade management: where an installation is, and where it may go."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, Busy
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.web import OperatorRequest
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.version_choices import offered_to
from upgrades_app.queries.rollback_targets import ways_back
from upgrades_app.queries.unfinished_work import unfinished


@require_GET
def manage(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    installation = application.installed()
    context: dict[str, object] = {
        "installation": installation,
        "unfinished": unfinished(application),
        "may_attach": installation is None and application.components.wanted().exists(),
        "applied": application.was_ever_applied(),
        "busy": Busy.objects.at_work().filter(application=application).first(),
        "last": UpgradeRecord.objects.filter(application=application).ended().newest_first().defer("plan").first(),
    }
    if installation is not None and installation.version is not None:
        context |= {
            "offered": offered_to(installation, installation.version),
            "ways": ways_back(application),
        }
    return application_page(request, application, "upgrades_app/manage.html", context, current="upgrade")
