"""Upgrade management: current, upgradable and rollback versions of an installation."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, ApplicationLock
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.web import OperatorRequest
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.version_choices import list_version_choices
from upgrades_app.queries.rollback_targets import list_rollback_targets
from upgrades_app.queries.unfinished_work import load_unfinished_work


@require_GET
def show_upgrade_management(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    installation = application.get_installation()
    context: dict[str, object] = {
        "installation": installation,
        "unfinished": load_unfinished_work(application),
        "may_attach": installation is None and application.components.desired().exists(),
        "applied": application.was_ever_applied(),
        "busy": ApplicationLock.objects.active().filter(application=application).first(),
        "last": UpgradeRecord.objects.filter(application=application).finished().newest_first().defer("plan").first(),
    }
    if installation is not None and installation.version is not None:
        context |= {
            "offered": list_version_choices(installation, installation.version),
            "rollback_targets": list_rollback_targets(application),
        }
    return render_application_page(request, application, "upgrades_app/manage.html", context, current="upgrade")
