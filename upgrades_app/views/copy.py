"""Copying an application."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.copy_application import CopyWanted, shared_with
from apps_app.models import Application
from apps_app.views.shared import application_page, say_refusal
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from upgrades_app.actions.plan_copy import Copy, plan_copy
from upgrades_app.forms.copy import CopyForm


@require_http_methods(["GET", "POST"])
def copy(request: OperatorRequest, slug: str) -> HttpResponse:
    """POST makes the copy, and leads to the confirm of what brings it to its target."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    form = CopyForm(request.POST if request.method == "POST" else None, user=request.user, application=application)
    if request.method == "POST" and form.is_valid():
        try:
            made = _planned(request, application, form)
        except Refused as refused:
            say_refusal(form, refused)
        else:
            return _on(request, made)
    spec = application.desired_spec()
    context = {
        "form": form,
        "volumes": sorted(key for key, one in spec.volumes.items() if not one.external),
        "shared": shared_with(spec),
        "pending": any(row.pending for row in application.components.all()) and application.target_id is not None,
    }
    return application_page(request, application, "upgrades_app/copy.html", context, current="settings")


def _planned(request: OperatorRequest, application: Application, form: CopyForm) -> Copy:
    cleaned = form.cleaned_data
    wanted = CopyWanted(cleaned["team"], cleaned["name"], cleaned["target"], form.independent, form.new_secrets)
    return plan_copy(application, Actor.of(request.user), wanted=wanted)


def _on(request: OperatorRequest, made: Copy) -> HttpResponse:
    if made.record is not None:
        return redirect("upgrades:confirm", made.record.pk)
    if made.proposal is not None:
        messages.info(request, f"{made.application} is there. See below what it needs before it can be applied.")
        return redirect("upgrades:changes", made.application.slug)
    messages.success(request, f"{made.application} is a source of its own now.")
    return redirect(made.application)
