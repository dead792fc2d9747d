"""What the pages of an application share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse

from apps_app.models import Application
from apps_app.views.side import side
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page


def application_page(
    request: OperatorRequest,
    application: Application,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    current: str,
    fragment: str = "",
) -> HttpResponse:
    """A page of an application, with its left column and what the user may do there."""
    whole = {
        "application": application,
        "side": side(request, application, current),
        "may_edit": Actor.of(request.user).may(application.team, Role.OPERATOR),
        "may_publish": Actor.of(request.user).may(application.team, Role.PUBLISHER),
        **(context or {}),
    }
    return render_page(request, template, whole, fragment=fragment)


def say_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """The refusal as errors of the whole form."""
    form.add_error(None, refused.sentence)
    for fault in refused.faults:
        form.add_error(None, fault)
