"""Details pages of upgrades and rollbacks."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.models import Application
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.web import OperatorRequest
from templates_app.appspec.versioning.versions import VersionError, compute_sort_key
from templates_app.models import TemplateVersion
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.presenters.version_choices import list_version_choices
from upgrades_app.queries.rollback_targets import list_rollback_targets
from upgrades_app.queries.version_notes import list_notes_between
from upgrades_app.views.details_flow import DetailsFlow


@require_http_methods(["GET", "POST"])
def show_upgrade_details(request: OperatorRequest, slug: str) -> HttpResponse:
    """Upgrade details for `?to=`, by default the newest available version."""
    application = _get_application(request, slug)
    installation = application.get_installation()
    if installation is None or installation.version is None:
        return redirect("upgrades:manage", slug)
    offered = list_version_choices(installation, installation.version).rows
    to = get_version(application, request.GET.get("to", ""), offered)
    if to is None:
        return redirect("upgrades:manage", slug)
    flow = DetailsFlow(request, application, OperationKind.UPGRADE, to, "upgrades_app/details.html", "upgrade")
    notes = list_notes_between(installation.version, to)
    return flow.respond({"to": to, "versions": offered, "installation": installation, "version_notes": notes})


@require_http_methods(["GET", "POST"])
def show_rollback_details(request: OperatorRequest, slug: str) -> HttpResponse:
    """Rollback details for `?to=`, by default the previous version."""
    application = _get_application(request, slug)
    installation = application.get_installation()
    if installation is None or installation.version is None:
        return redirect("upgrades:manage", slug)
    targets = list_rollback_targets(application)
    to = get_version(application, request.GET.get("to", ""), [target.version for target in targets])
    if to is None:
        return redirect("upgrades:manage", slug)
    chosen = next((target for target in targets if target.version.pk == to.pk), None)
    flow = DetailsFlow(request, application, OperationKind.ROLLBACK, to, "upgrades_app/rollback.html", "history")
    return flow.respond(
        {
            "to": to,
            "versions": [target.version for target in targets],
            "installation": installation,
            "reverted": chosen.records if chosen is not None else (),
        }
    )


def _get_application(request: OperatorRequest, slug: str) -> Application:
    role = Role.VIEWER if request.method == "GET" else Role.OPERATOR
    return get_visible_object(request, Application.objects.with_installation(), role=role, slug=slug)


def get_version(
    application: Application, text: str, offered: list[TemplateVersion] | tuple[TemplateVersion, ...]
) -> TemplateVersion | None:
    """Return the named version of the template, available or not; the plan explains why not."""
    installation = application.get_installation()
    if not text or installation is None:
        return next(iter(offered), None)
    try:
        key = compute_sort_key(text)
    except VersionError as error:
        raise Http404(f"“{text}” is not a version: {error}") from error
    result = installation.template.versions.filter(sort_key=key).first()
    if result is None:
        raise Http404(f"{installation.template} has no version {text}.")
    return result
