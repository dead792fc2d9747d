"""Removing a component: asked first, with what it means for those that need it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.remove_component import dependants, remove_component
from apps_app.models import Application, Component
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.spec.errors import SpecError
from templates_app.spec.places import said


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    row = get_object_or_404(application.components.wanted(), key=key)
    needing = dependants(application.desired_spec(), key)
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
    happens = [f"{name} no longer depends on {row.key}." for name in needing]
    if row.applied is None:
        happens.append(f"{row.key} never ran, so nothing on the target changes.")
    else:
        happens.append(f"{row.key} stays on {application.target} until you apply your changes; its volumes are kept.")
    return {
        "title": f"Remove {row.key} from {application.name}?",
        "text": "A version that was published with it keeps it.",
        "happens": happens,
        "warning": refusal or (f"{', '.join(needing)} needs it." if len(needing) == 1 else ""),
        "hidden": {"cut": "yes"} if needing else {},
        "submit": "Remove",
        "danger": True,
        "cancel_url": row.get_absolute_url(),
    }


def _removed(row: Component, application: Application) -> str:
    if application.target is None or row.applied is None:
        return f"{row.key} is removed."
    return f"{row.key} will be removed from {application.target} when you apply your changes."
