"""A component that is not as it was applied, because somebody changed it on its target: put it back, or leave it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.models import Application, Component
from apps_app.sight import seen_now
from apps_app.states import has_drifted
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from upgrades_app.actions.put_back import put_back as plan_it

KEEPING = (
    "What is there now cannot be read back into fields. To keep it, write the same into the component, and apply that."
)


@require_http_methods(["GET", "POST"])
def put_back(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    row = get_object_or_404(application.components.select_related("observation"), key=key)
    seen_now(application, [row])
    refusal = ""
    if request.method == "POST":
        try:
            record = plan_it(application, Actor.of(request.user), key)
        except Refused as refused:
            refusal = refused.sentence
        else:
            return redirect("upgrades:confirm", record.pk)
    context = {
        "title": f"Put {key} back as it was applied?",
        "text": _said(row),
        "happens": list(_happens(application, row)),
        "warning": refusal,
        "submit": "Put back",
        "cancel_url": reverse("apps:component", args=[slug, key]),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _said(row: Component) -> str:
    if not has_drifted(row):
        return f"{row.key} is as it was applied, as far as is known."
    detail = row.observation.detail
    return f"Somebody changed {row.key} on the target{f': {detail}' if detail else ''}."


def _happens(application: Application, row: Component) -> tuple[str, ...]:
    others = application.components.exclude(key=row.key).filter(applied__isnull=False)
    also = any(other.pending for other in others) or row.pending
    return (
        "You see what it takes, and confirm it, before anything is done.",
        *(("What was edited and not applied yet is applied with it.",) if also else ()),
        KEEPING,
    )
