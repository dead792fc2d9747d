"""Show, revert or accept the drift of a component."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import render_application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page, wants_fragment
from templates_app.appspec.diff.field_change import describe_path
from templates_app.appspec.presentation.path_labels import describe_fault
from upgrades_app.actions.accept_drift import accept_drift
from upgrades_app.actions.revert_drift import plan_drift_revert
from upgrades_app.presenters.field_view import build_field_line
from upgrades_app.presenters.messages import describe_field
from upgrades_app.queries.load_drift import ComponentDrift, describe_drift, load_drift

CONFIRM = "shell/confirm_page.html"


@require_GET
def show_drift(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """Compare the live state of a component with the applied one."""
    application = _get_application(request, slug, key, Role.VIEWER)
    drift, refusal = _load_drift(application, key)
    context = {
        "key": key,
        "drift": drift,
        "refusal": refusal,
        "sentences": list(describe_drift(drift)) if drift is not None else [],
        "lines": [build_field_line(row) for row in drift.rows] if drift is not None else [],
        "here": request.get_full_path(),
        "is_page": not wants_fragment(request),
    }
    page = "upgrades_app/drift.html"
    return render_application_page(request, application, page, context, current="components", fragment="drift")


@require_http_methods(["GET", "POST"])
def revert(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = _get_application(request, slug, key, Role.OPERATOR)
    error = ""
    if request.method == "POST":
        try:
            record = plan_drift_revert(application, Actor.from_user(request.user), key)
        except OperationRefused as refused:
            error = refused.sentence
        else:
            return redirect("upgrades:confirm", record.pk)
    drift, refusal = _load_drift(application, key)
    context = {
        "title": f"Revert drift of {key}?",
        "text": " ".join(describe_drift(drift)) if drift is not None else "",
        "happens": list(_describe_revert(application, key, drift)),
        "warning": error or refusal,
        "submit": "Revert drift",
        "cancel_url": reverse("apps:component", args=[slug, key]),
    }
    return render_page(request, CONFIRM, context, fragment="dialog")


@require_http_methods(["GET", "POST"])
def accept(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = _get_application(request, slug, key, Role.OPERATOR)
    back = reverse("apps:component", args=[slug, key])
    refusals: list[str] = []
    if request.method == "POST":
        try:
            component_drift = accept_drift(
                application, Actor.from_user(request.user), key, digest=request.POST.get("digest", "")
            )
        except OperationRefused as refused:
            refusals = [refused.sentence, *map(describe_fault, refused.parts)]
        else:
            messages.success(request, _describe_accepted(component_drift))
            return redirect(back)
    drift, refusal = _load_drift(application, key)
    can_accept = drift is not None and drift.is_acceptable
    context = {
        "title": f"Accept drift of {key}?",
        "text": " ".join(describe_drift(drift)) if drift is not None else "",
        "happens": list(_describe_accept(drift)) if drift is not None else [],
        "warning": " ".join(refusals or filter(None, [refusal])),
        "hidden": {"digest": drift.digest} if drift is not None else {},
        "submit": "Accept drift" if can_accept else "",
        "cancel": "Cancel" if can_accept else "Back",
        "cancel_url": back,
    }
    return render_page(request, CONFIRM, context, fragment="dialog")


def _get_application(request: OperatorRequest, slug: str, key: str, role: Role) -> Application:
    application = get_visible_object(request, Application.objects.with_installation(), role=role, slug=slug)
    get_object_or_404(application.components, key=key)
    return application


def _load_drift(application: Application, key: str) -> tuple[ComponentDrift | None, str]:
    try:
        return load_drift(application, key), ""
    except OperationRefused as refused:
        return None, refused.sentence


def _describe_revert(application: Application, key: str, drift: ComponentDrift | None) -> Iterator[str]:
    if drift is not None and drift.rows:
        changes = "; ".join(describe_field(row) for row in drift.rows)
        yield f"These changes are reverted: {changes}."
    yield "You review and confirm the plan before any change."
    rows = application.components.all()
    if any(row.is_pending for row in rows if row.key == key or row.applied is not None):
        yield "Pending changes are applied with it."


def _describe_accept(drift: ComponentDrift) -> Iterator[str]:
    if not drift.rows:
        yield "There is no drift to accept."
    elif not drift.is_acceptable:
        yield f"{drift.key} has a pending removal. Apply or discard it first."
        return
    for row in drift.rows:
        yield capfirst(describe_field(row))
    for sentence in drift.other_differences:
        yield f"Not accepted: {sentence}"
    if not drift.rows:
        return
    yield "No component restarts."
    yield "The changes become local changes: upgrades keep them and ask in case of conflicts."
    for decision in drift.accepted.edited if drift.accepted is not None else ():
        yield f"Your pending edit of {describe_path(decision.path)} is kept."


def _describe_accepted(drift: ComponentDrift) -> str:
    count = "1 change" if len(drift.rows) == 1 else f"{len(drift.rows)} changes"
    return f"Drift of {drift.key} accepted ({count})."
