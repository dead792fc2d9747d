"""Start, stop and restart, asked first."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.power_components import Power, power
from apps_app.models import Application
from apps_app.views.application_page import tell_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.text import listed

_HAPPENS = {
    Power.START: ("What is stopped is started, what others need first.", "What runs goes on running."),
    Power.STOP: ("It ends in its own time, and is not there for anybody until it is started again.", "Its data stay."),
    Power.RESTART: (
        "It is away for a moment, and starts again as it is.",
        "Its data stay. Pending changes still wait.",
    ),
}


@require_http_methods(["GET", "POST"])
def switch(request: OperatorRequest, slug: str, verb: str, key: str = "") -> HttpResponse:
    """All components, or the one of that key."""
    if verb not in set(Power):
        raise Http404("There is no such thing to do.")
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    back = reverse("apps:component", args=[slug, key]) if key else application.get_absolute_url()
    if key and not application.components.filter(key=key).exists():
        raise Http404("There is no such component.")
    if request.method == "POST":
        try:
            done = power(application, Actor.of(request.user), Power(verb), key=key)
        except Refused as refused:
            tell_refusal(request, refused)
        else:
            messages.success(request, f"{listed(list(done))}: {Power(verb).done}.")
        return redirect(back)
    context = {
        "title": f"{verb.capitalize()} {key or f'all of {application}'}?",
        "happens": _HAPPENS[Power(verb)],
        "submit": verb.capitalize(),
        "danger": verb != Power.START,
        "cancel_url": back,
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
