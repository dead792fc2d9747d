"""The end of an application: deleted, or forgotten while it is still on its target."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.delete_application import applied_keys, delete_application, forget_application
from apps_app.forms.delete_application import ForgetForm
from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.text import listed

KEPT = "Its release records and upgrade records stay, with its name; the versions published from it stay too."


@require_http_methods(["GET", "POST"])
def delete(request: OperatorRequest, slug: str) -> HttpResponse:
    """Asked first. While something of it is on its target, the way there is to uninstall it."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    refusal = None
    if request.method == "POST":
        refusal = _done(request, application, delete_application)
        if refusal is None:
            return redirect("apps:list")
    still = application.was_ever_applied()
    context = {
        "title": f"{application.name} cannot be deleted yet" if still else f"Delete {application.name}?",
        "happens": [] if still else [*_goes(application), *_volumes(application), KEPT],
        "warning": _first_uninstall(application) if still else refusal.sentence if refusal else "",
        "warning_url": "" if still or refusal is None else refusal.url,
        "warning_link": "See it",
        "submit": "" if still else "Delete",
        "danger": True,
        "cancel_url": reverse("apps:settings", args=[slug]),
        "cancel": "Back" if still else "Cancel",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


@require_http_methods(["GET", "POST"])
def forget(request: OperatorRequest, slug: str) -> HttpResponse:
    """For owners: what is on the target stays there, and nobody looks after it any more."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OWNER, slug=slug)
    form = ForgetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        refusal = _done(request, application, forget_application)
        if refusal is None:
            return redirect("apps:list")
        form.add_error(None, refusal.sentence)
    context = {
        "title": f"Forget {application.name}?",
        "text": "For a target that is gone, or that somebody else takes over. Otherwise uninstall it instead.",
        "happens": [*_left_behind(application), *_goes(application), KEPT],
        "form": form,
        "submit": "Forget",
        "danger": True,
        "cancel_url": reverse("apps:settings", args=[slug]),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _done(
    request: OperatorRequest, application: Application, act: Callable[[Application, Actor], None]
) -> Refused | None:
    """Why not, or nothing once it is done."""
    try:
        act(application, Actor.of(request.user))
    except Refused as refused:
        return refused
    messages.success(request, f"{application.name} is deleted.")
    return None


def _goes(application: Application) -> list[str]:
    keys = list(application.components.wanted().values_list("key", flat=True))
    values = application.values.count()
    goes = [f"{len(keys)} component{'' if len(keys) == 1 else 's'} ({listed(keys)})"] if keys else []
    if values:
        goes.append("its value" if values == 1 else f"its {values} values, the secrets among them")
    if (installation := application.installed()) is not None:
        goes.append(f"that it was installed from {installation.template.name}")
    return [f"What goes here: {listed(goes)}."] if goes else ["It is empty: nothing is lost."]


def _volumes(application: Application) -> list[str]:
    """Volumes outlive an uninstall; nobody here knows of them once the application is gone."""
    target, volumes = application.target, sorted(application.frame_desired.get("volumes", {}))
    if target is None or not target.runs or not volumes:
        return []
    return [f"Data in volumes that were kept on {target} stays there: {listed(volumes)}."]


def _left_behind(application: Application) -> list[str]:
    target, keys = application.target, applied_keys(application)
    if target is not None and not target.runs:
        return [f"The files of {listed(keys)} stay on {target}, in the folder {application.slug}."]
    return [f"{listed(keys)} and their volumes stay on {target}, running if they run, and Uplift no longer sees them."]


def _first_uninstall(application: Application) -> str:
    keys = applied_keys(application)
    existing = f"{listed(keys)} {'is' if len(keys) == 1 else 'are'}" if keys else "It is"
    return f"{existing} still on {application.target}. Uninstall it first, in its settings; then it can be deleted."
