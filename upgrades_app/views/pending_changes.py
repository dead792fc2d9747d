"""What was edited and not applied yet: look at it, apply it, or take it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.discard_changes import discard_changes
from apps_app.models import Application
from apps_app.queries.pending_changes import has_waiting
from apps_app.views.application_page import application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.views.details_flow import Road


@require_http_methods(["GET", "POST"])
def changes(request: OperatorRequest, slug: str) -> HttpResponse:
    role = Role.VIEWER if request.method == "GET" else Role.OPERATOR
    application = fetch(request, Application.objects.with_installation(), role=role, slug=slug)
    if application.target is None:
        return application_page(request, application, "upgrades_app/changes.html", {}, current="topology")
    road = Road(request, application, Kind.CHANGE, None, "upgrades_app/changes.html", "topology")
    pending = [row for row in road.rows.values() if row.pending]
    applied = bool(application.frame_applied) or any(row.applied is not None for row in road.rows.values())
    return road.answer({"pending": pending, "may_discard": applied and has_waiting(application)})


@require_http_methods(["GET", "POST"])
def discard(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?key=` names one component; without it everything that is pending goes."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    key = request.GET.get("key", "")
    back = reverse("upgrades:changes", args=[slug])
    refusal = ""
    if request.method == "POST":
        try:
            removed = discard_changes(application, Actor.of(request.user), keys=[key] if key else None)
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _said(removed, key))
            return redirect(back)
    context = {
        "title": f"Discard the changes of {key}?" if key else "Discard all changes that were not applied?",
        "text": f"{application.name} goes back to what was last applied on {application.target}.",
        "happens": ["Nothing on the target changes.", "What was edited since is lost."],
        "warning": refusal,
        "submit": "Discard",
        "danger": True,
        "cancel_url": back,
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _said(removed: tuple[str, ...], key: str) -> str:
    if key and not removed:
        return f"{key} had no changes."
    return f"The changes of {', '.join(removed)} are discarded." if removed else "The changes are discarded."
