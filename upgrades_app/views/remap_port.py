"""A free port in place of a taken one: asked for on the panel, and back there once the edit is made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import tell_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.validation.ports import is_port
from upgrades_app.actions.remap_port import take_port as take


@require_http_methods(["POST"])
def take_port(request: OperatorRequest, slug: str) -> HttpResponse:
    """`at` is the port's id, `?port=` the free one, `?next=` where it was asked for."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    try:
        port = take(application, Actor.of(request.user), at=request.POST.get("at", ""), port=_port(request))
    except Refused as refused:
        tell_refusal(request, refused)
    except SpecError as error:
        tell_refusal(request, Refused("This port cannot be taken.", error.faults))
    else:
        text = (
            f"{port.component}, port {port.port}, is to be published on {_port(request)}. Confirm the plan to apply it."
        )
        messages.success(request, text)
    return redirect(_back(request, application))


def _port(request: OperatorRequest) -> int:
    """Raises Refused."""
    text = request.GET.get("port", "")
    if not is_port(text):
        raise Refused(f"{text[:20] or 'Nothing'} is no port.")
    return int(text)


def _back(request: OperatorRequest, application: Application) -> str:
    desired = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(desired, allowed_hosts=None)
    return desired if safe else reverse("upgrades:manage", args=[application.slug])
