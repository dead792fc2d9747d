"""One secret value, shown once to an operator who gave the password again."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps_app.actions.show_secret import find_secret, show_secret
from apps_app.models import Application
from apps_app.views.application_page import application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.forms.reauthentication import PasswordAgainForm
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: OperatorRequest, slug: str, name: str) -> HttpResponse:
    """Asked first; the answer to the POST, and nothing else, has the value in it."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    back = f"{reverse('apps:settings', args=[slug])}#values"
    form = PasswordAgainForm(request.POST if request.method == "POST" else None, request=request)
    try:
        find_secret(application, name)
        if request.method == "POST" and form.is_valid():
            shown = show_secret(application, Actor.of(request.user), name)
            context = {"name": name, "shown": shown, "back": back}
            return application_page(request, application, "apps_app/secret.html", context, current="settings")
    except Refused as refused:
        context = {"title": "There is nothing to show", "text": refused.sentence, "cancel_url": back, "cancel": "Back"}
        return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
    context = {
        "title": f"Show {name} of {application.name}?",
        "text": "The audit trail says that you looked at it.",
        "form": form,
        "submit": "Show",
        "cancel_url": back,
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
