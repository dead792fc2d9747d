"""What an upgrade, or going back, would do: the comparison and its questions."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.models import Application
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.web import OperatorRequest
from templates_app.appspec.versioning.versions import VersionError, sort_key
from templates_app.models import TemplateVersion
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.presenters.version_choices import offered_to
from upgrades_app.queries.rollback_targets import ways_back
from upgrades_app.queries.version_notes import notes_between
from upgrades_app.views.details_flow import Road


@require_http_methods(["GET", "POST"])
def details(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?to=` names the version; without it the newest one that is offered."""
    application = _application(request, slug)
    installation = application.installed()
    if installation is None or installation.version is None:
        return redirect("upgrades:manage", slug)
    offered = offered_to(installation, installation.version).rows
    to = version_named(application, request.GET.get("to", ""), offered)
    if to is None:
        return redirect("upgrades:manage", slug)
    road = Road(request, application, Kind.UPGRADE, to, "upgrades_app/details.html", "upgrade")
    notes = notes_between(installation.version, to)
    return road.answer({"to": to, "versions": offered, "installation": installation, "version_notes": notes})


@require_http_methods(["GET", "POST"])
def rollback(request: OperatorRequest, slug: str) -> HttpResponse:
    """What going back does, before it does it; without `?to=` to the version before."""
    application = _application(request, slug)
    installation = application.installed()
    if installation is None or installation.version is None:
        return redirect("upgrades:manage", slug)
    targets = ways_back(application)
    to = version_named(application, request.GET.get("to", ""), [target.version for target in targets])
    if to is None:
        return redirect("upgrades:manage", slug)
    chosen = next((target for target in targets if target.version.pk == to.pk), None)
    road = Road(request, application, Kind.ROLLBACK, to, "upgrades_app/rollback.html", "history")
    return road.answer(
        {
            "to": to,
            "versions": [target.version for target in targets],
            "installation": installation,
            "undone": chosen.records if chosen is not None else (),
        }
    )


def _application(request: OperatorRequest, slug: str) -> Application:
    role = Role.VIEWER if request.method == "GET" else Role.OPERATOR
    return fetch(request, Application.objects.with_installation(), role=role, slug=slug)


def version_named(
    application: Application, text: str, offered: list[TemplateVersion] | tuple[TemplateVersion, ...]
) -> TemplateVersion | None:
    """The named version of the application's template, offered or not: why not is then the plan's to say."""
    installation = application.installed()
    if not text or installation is None:
        return next(iter(offered), None)
    try:
        key = sort_key(text)
    except VersionError as error:
        raise Http404(f"{text} is no version: {error}") from error
    result = installation.template.versions.filter(sort_key=key).first()
    if result is None:
        raise Http404(f"{installation.template} has no version {text}.")
    return result
