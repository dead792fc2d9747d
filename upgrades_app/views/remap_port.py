"""Publish a port on a suggested host port, then return to the page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import build_refusal_message
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.validation.ports import is_port
from upgrades_app.actions.remap_port import remap_port as save_port


@require_http_methods(["POST"])
def remap_port(request: OperatorRequest, slug: str) -> HttpResponse:
    """`port_id` is posted, `?port=` is the new host port, `?next=` the page to return to."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    try:
        port = save_port(
            application, Actor.from_user(request.user), port_id=request.POST.get("port_id", ""), port=_get_port(request)
        )
    except OperationRefused as refused:
        build_refusal_message(request, refused)
    except SpecError as error:
        build_refusal_message(request, OperationRefused("This port cannot be used.", error.faults))
    else:
        text = f"Port {port.port} on {port.component} changed to {_get_port(request)}. Confirm the plan to apply it."
        messages.success(request, text)
    return redirect(_get_return_url(request, application))


def _get_port(request: OperatorRequest) -> int:
    """Return the posted host port. Raises OperationRefused."""
    text = request.GET.get("port", "")
    if not is_port(text):
        raise OperationRefused(f"“{text[:20]}” is not a valid port.")
    return int(text)


def _get_return_url(request: OperatorRequest, application: Application) -> str:
    desired = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(desired, allowed_hosts=None)
    return desired if safe else reverse("upgrades:manage", args=[application.slug])
