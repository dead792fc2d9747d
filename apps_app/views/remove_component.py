"""Removing a component: asked first, with what it means for those that need it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.remove_component import dependants, remove_component
from apps_app.models import Application, Component
from apps_app.views.application_page import with_review
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.validation.resource_usage import uses_of


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    row = get_object_or_404(application.components.wanted(), key=key)
    needing = dependants(application.legible_spec(), key)
    refusal = ""
    if request.method == "POST":
        try:
            remove_component(application, Actor.of(request.user), key=key, cut=request.POST.get("cut") == "yes")
        except Refused as refused:
            refusal = linked(refused)
        except SpecError as error:
            refusal = f"It cannot be removed: {'; '.join(map(said, error.faults))}."
        else:
            messages.success(request, _removed(row, application))
            return redirect(application)
    return render_page(
        request, "shell/confirm_page.html", _confirm(application, row, needing, refusal), fragment="dialog"
    )


def _confirm(application: Application, row: Component, needing: tuple[str, ...], refusal: str) -> dict[str, object]:
    happens = [*_dependants_lose_it(row.key, needing), *_on_target(application, row)]
    return {
        "title": f"Remove {row.key} from {application.name}?",
        "text": "A version that was published with it keeps it.",
        "happens": happens,
        "warning": refusal,
        "hidden": {"cut": "yes"} if needing else {},
        "submit": "Remove",
        "danger": True,
        "cancel_url": row.get_absolute_url(),
    }


def _dependants_lose_it(key: str, needing: tuple[str, ...]) -> list[str]:
    if not needing:
        return []
    many = len(needing) > 1
    lose = "depend on it and lose that dependency" if many else "depends on it and loses that dependency"
    return [f"{listed(needing)} {lose}: make sure that {'they' if many else 'it'} can do without {key}."]


def _on_target(application: Application, row: Component) -> list[str]:
    """What happens there, and when; what it wrote outlives it."""
    applied = row.applied_spec
    if applied is None:
        return [f"Nothing of {row.key} is on a target, so nothing there changes."]
    lines = [f"{row.key} stays on {application.target} until you apply your changes."]
    volumes = sorted(uses_of(applied).volumes)
    if volumes and application.target is not None and application.target.runs:
        many = "Its volumes" if len(volumes) > 1 else "Its volume"
        lines.append(f"{many} ({listed(volumes)}): what is in there stays, unless you choose otherwise when you apply.")
    return lines


def _removed(row: Component, application: Application) -> str:
    if application.target is None or row.applied is None:
        return f"{row.key} is removed."
    return with_review(application, f"{row.key} will be removed from {application.target} when you apply your changes.")
