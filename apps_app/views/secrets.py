from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps_app.actions.show_secret import find_secret, show_secret
from apps_app.models import Application
from apps_app.views.application_page import render_application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.forms.reauthentication import ReauthenticationForm
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: OperatorRequest, slug: str, name: str) -> HttpResponse:
    """Asked first; the answer to the POST, and nothing else, has the value in it."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    back = f"{reverse('apps:settings', args=[slug])}#values"
    form = ReauthenticationForm(request.POST if request.method == "POST" else None, request=request)
    try:
        find_secret(application, name)
        if request.method == "POST" and form.is_valid():
            shown = show_secret(application, Actor.from_user(request.user), name)
            context = {"name": name, "shown": shown, "back": back}
            return render_application_page(request, application, "apps_app/secret.html", context, current="settings")
    except OperationRefused as refused:
        context = {"title": "No value to show", "text": refused.sentence, "cancel_url": back, "cancel": "Back"}
        return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
    context = {
        "title": f"Show {name} of {application.name}?",
        "text": "This access is recorded in the audit trail.",
        "form": form,
        "submit": "Show",
        "cancel_url": back,
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
