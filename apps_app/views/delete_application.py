from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.delete_application import delete_application, list_applied_keys, untrack_application
from apps_app.forms.delete_application import UntrackForm
from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.text import join_names

KEPT = "Release records, upgrade records and published versions are kept."


@require_http_methods(["GET", "POST"])
def delete(request: OperatorRequest, slug: str) -> HttpResponse:
    """Asked first. While something of it is on its target, the way there is to uninstall it."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    refusal = None
    if request.method == "POST":
        refusal = _finish(request, application, delete_application)
        if refusal is None:
            return redirect("apps:list")
    still = application.was_ever_applied()
    context = {
        "title": f"{application.name} cannot be deleted yet" if still else f"Delete {application.name}?",
        "happens": [] if still else [*_list_deleted(application), *_list_volumes(application), KEPT],
        "warning": _build_uninstall_hint(application) if still else refusal.sentence if refusal else "",
        "warning_url": "" if still or refusal is None else refusal.url,
        "warning_link": "View operation",
        "submit": "" if still else "Delete",
        "danger": True,
        "cancel_url": reverse("apps:settings", args=[slug]),
        "cancel": "Back" if still else "Cancel",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


@require_http_methods(["GET", "POST"])
def untrack(request: OperatorRequest, slug: str) -> HttpResponse:
    """For owners: what is on the target stays there, and nobody looks after it any more."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OWNER, slug=slug)
    form = UntrackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        refusal = _finish(request, application, untrack_application)
        if refusal is None:
            return redirect("apps:list")
        form.add_error(None, refusal.sentence)
    context = {
        "title": f"Untrack {application.name}?",
        "text": "Use this only if the target is lost or managed by something else. Otherwise uninstall the application.",
        "happens": [*_list_left_behind(application), *_list_deleted(application), KEPT],
        "form": form,
        "submit": "Forget",
        "danger": True,
        "cancel_url": reverse("apps:settings", args=[slug]),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _finish(
    request: OperatorRequest, application: Application, act: Callable[[Application, Actor], None]
) -> OperationRefused | None:
    """Why not, or nothing once it is done."""
    try:
        act(application, Actor.from_user(request.user))
    except OperationRefused as refused:
        return refused
    messages.success(request, f"{application.name} deleted.")
    return None


def _list_deleted(application: Application) -> list[str]:
    keys = list(application.components.desired().values_list("key", flat=True))
    values = application.values.count()
    goes = [f"{len(keys)} component{'' if len(keys) == 1 else 's'} ({join_names(keys)})"] if keys else []
    if values:
        goes.append("its value" if values == 1 else f"its {values} values, including secrets")
    if (installation := application.get_installation()) is not None:
        goes.append(f"the link to {installation.template.name}")
    return [f"Deleted: {join_names(goes)}."] if goes else ["It is empty. No data is lost."]


def _list_volumes(application: Application) -> list[str]:
    """Volumes outlive an uninstall; nobody here knows of them once the application is gone."""
    target, volumes = application.target, sorted(application.definitions_desired.get("volumes", {}))
    if target is None or not target.starts_containers or not volumes:
        return []
    return [f"Data in kept volumes stays on {target}: {join_names(volumes)}."]


def _list_left_behind(application: Application) -> list[str]:
    target, keys = application.target, list_applied_keys(application)
    if target is not None and not target.starts_containers:
        return [f"The files of {join_names(keys)} stay on {target}, in the folder {application.slug}."]
    return [
        f"{join_names(keys)} and their volumes stay on {target} and keep their state. Uplift no longer manages them."
    ]


def _build_uninstall_hint(application: Application) -> str:
    keys = list_applied_keys(application)
    existing = f"{join_names(keys)} {'is' if len(keys) == 1 else 'are'}" if keys else "It is"
    return f"{existing} still on {application.target}. Uninstall the application before you delete it."
