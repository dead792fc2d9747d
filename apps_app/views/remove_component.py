from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.remove_component import list_dependants, remove_component
from apps_app.models import Application, Component
from apps_app.views.application_page import add_review
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, link_parameters, render_page
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.validation.resource_usage import find_resource_usage


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    row = get_object_or_404(application.components.desired(), key=key)
    needing = list_dependants(application.parse_desired_leniently(), key)
    refusal = ""
    if request.method == "POST":
        try:
            remove_component(application, Actor.from_user(request.user), key=key, cut=request.POST.get("cut") == "yes")
        except OperationRefused as refused:
            refusal = link_parameters(refused)
        except SpecError as error:
            refusal = f"Cannot remove the component: {'; '.join(map(describe_fault, error.faults))}."
        else:
            messages.success(request, _remove(row, application))
            return redirect(application)
    return render_page(
        request, "shell/confirm_page.html", _render_confirm(application, row, needing, refusal), fragment="dialog"
    )


def _render_confirm(
    application: Application, row: Component, needing: tuple[str, ...], refusal: str
) -> dict[str, object]:
    happens = [*_describe_dependants(row.key, needing), *_describe_target_effect(application, row)]
    return {
        "title": f"Remove {row.key} from {application.name}?",
        "text": "Published versions are not affected.",
        "happens": happens,
        "warning": refusal,
        "hidden": {"cut": "yes"} if needing else {},
        "submit": "Remove",
        "danger": True,
        "cancel_url": row.get_absolute_url(),
    }


def _describe_dependants(key: str, needing: tuple[str, ...]) -> list[str]:
    if not needing:
        return []
    many = len(needing) > 1
    lose = "depend on it and lose this dependency" if many else "depends on it and loses that dependency"
    return [f"{join_names(needing)} {lose}. Check that {'they work' if many else 'it works'} without {key}."]


def _describe_target_effect(application: Application, row: Component) -> list[str]:
    """What happens there, and when; what it wrote outlives it."""
    applied = row.applied_spec
    if applied is None:
        return [f"{row.key} is not deployed, so nothing changes on a target."]
    lines = [f"{row.key} stays on {application.target} until you apply the pending changes."]
    volumes = sorted(find_resource_usage(applied).volumes)
    if volumes and application.target is not None and application.target.starts_containers:
        many = "Its volumes" if len(volumes) > 1 else "Its volume"
        lines.append(f"{many} ({join_names(volumes)}): data is kept unless you choose otherwise when you apply.")
    return lines


def _remove(row: Component, application: Application) -> str:
    if application.target is None or row.applied is None:
        return f"{row.key} removed."
    return add_review(
        application, f"{row.key} will be removed from {application.target} when you apply the pending changes."
    )
