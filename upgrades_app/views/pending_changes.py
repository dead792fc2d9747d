"""Review, apply or discard pending changes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.discard_changes import discard_changes
from apps_app.models import Application
from apps_app.queries.pending_changes import has_pending_changes
from apps_app.views.application_page import render_application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.views.details_flow import DetailsFlow


@require_http_methods(["GET", "POST"])
def show_changes(request: OperatorRequest, slug: str) -> HttpResponse:
    role = Role.VIEWER if request.method == "GET" else Role.OPERATOR
    application = get_visible_object(request, Application.objects.with_installation(), role=role, slug=slug)
    if application.target is None:
        return render_application_page(request, application, "upgrades_app/changes.html", {}, current="topology")
    flow = DetailsFlow(request, application, OperationKind.CHANGE, None, "upgrades_app/changes.html", "topology")
    pending = [row for row in flow.rows.values() if row.is_pending]
    applied = bool(application.definitions_applied) or any(row.applied is not None for row in flow.rows.values())
    return flow.respond({"pending": pending, "may_discard": applied and has_pending_changes(application)})


@require_http_methods(["GET", "POST"])
def discard(request: OperatorRequest, slug: str) -> HttpResponse:
    """Discard the pending changes of one component (`?key=`) or of all."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    key = request.GET.get("key", "")
    back = reverse("upgrades:changes", args=[slug])
    refusal = ""
    if request.method == "POST":
        try:
            removed = discard_changes(application, Actor.from_user(request.user), keys=[key] if key else None)
        except OperationRefused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _describe_discard(removed, key))
            return redirect(back)
    context = {
        "title": f"Discard changes of {key}?" if key else "Discard all pending changes?",
        "text": f"{application.name} is reset to the configuration last applied on {application.target}.",
        "happens": ["The target is not changed.", "Edits since then are lost."],
        "warning": refusal,
        "submit": "Discard",
        "danger": True,
        "cancel_url": back,
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _describe_discard(removed: tuple[str, ...], key: str) -> str:
    if key and not removed:
        return f"{key} has no pending changes."
    return f"Changes of {', '.join(removed)} discarded." if removed else "Changes discarded."
