"""Install a released version as a new application."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.models import Target
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role, Team
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.forms.install import InstallForm


@require_http_methods(["GET", "POST"])
def install(request: OperatorRequest, template: str) -> HttpResponse:
    """`?version=` names the version, else the newest final one. POST plans it, and leads to the confirm."""
    found = fetch(request, AppTemplate.objects.select_related("team"), slug=template)
    versions = list(found.versions.released().newest_first().defer("document"))
    version = _chosen(versions, request.GET.get("version", ""))
    context: dict[str, object] = {
        "template": found,
        "versions": versions,
        "version": version,
        "teams": Team.objects.with_role(request.user, Role.OPERATOR).exists(),
        "targets": Target.objects.filter(team__in=Team.objects.with_role(request.user, Role.OPERATOR)).exists(),
    }
    if version is not None:
        context["form"] = form = _form(request, found, version)
        if request.method == "POST" and form.is_valid() and (answer := _planned(request, version, form)) is not None:
            return answer
    return render_page(request, "upgrades_app/install.html", context, fragment="form")


def _form(request: OperatorRequest, template: AppTemplate, version: TemplateVersion) -> InstallForm:
    posted = request.POST if request.method == "POST" else None
    targets = Target.objects.filter(team__in=Team.objects.with_role(request.user, Role.OPERATOR))[:2]
    only = targets[0].pk if len(targets) == 1 else None
    initial = {"name": f"{template.name} copy", "target": only}
    return InstallForm(posted, user=request.user, parameters=dict(version.spec.parameters), initial=initial)


def _planned(request: OperatorRequest, version: TemplateVersion, form: InstallForm) -> HttpResponse | None:
    target: Target = form.cleaned_data["target"]
    try:
        record = plan_install(
            version,
            Actor.of(request.user),
            team=target.team,
            name=form.cleaned_data["name"],
            target=target,
            answers=form.answers(),
        )
    except Refused as refused:
        form.add_error(None, refused.sentence)
        for fault in refused.faults:
            form.place(fault)
        return None
    return redirect("upgrades:confirm", record.pk)


def _chosen(versions: list[TemplateVersion], text: str) -> TemplateVersion | None:
    named = next((one for one in versions if one.version == text), None)
    final = next((one for one in versions if not one.prerelease), None)
    return named or final or next(iter(versions), None)
