from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.power_components import PowerAction, change_power
from apps_app.models import Application
from apps_app.views.application_page import build_refusal_message
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.text import join_names

_HAPPENS = {
    PowerAction.START: ("Starts stopped components, dependencies first.", "Running components are not affected."),
    PowerAction.STOP: (
        "The component is unavailable until you start it again.",
        "Data is kept.",
    ),
    PowerAction.RESTART: (
        "The component is briefly unavailable.",
        "Data is kept. Pending changes are not applied.",
    ),
}


@require_http_methods(["GET", "POST"])
def change_power_view(request: OperatorRequest, slug: str, verb: str, key: str = "") -> HttpResponse:
    """All components, or the one of that key."""
    if verb not in set(PowerAction):
        raise Http404("Unknown action.")
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    back = reverse("apps:component", args=[slug, key]) if key else application.get_absolute_url()
    if key and not application.components.filter(key=key).exists():
        raise Http404("Component not found.")
    if request.method == "POST":
        try:
            done = change_power(application, Actor.from_user(request.user), PowerAction(verb), key=key)
        except OperationRefused as refused:
            build_refusal_message(request, refused)
        else:
            messages.success(request, f"{join_names(list(done))}: {PowerAction(verb).past_tense}.")
        return redirect(back)
    context = {
        "title": f"{verb.capitalize()} {key or f'all of {application}'}?",
        "happens": _HAPPENS[PowerAction(verb)],
        "submit": verb.capitalize(),
        "danger": verb != PowerAction.START,
        "cancel_url": back,
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
