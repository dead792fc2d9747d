"""What the pages of an application share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from apps_app.models import Application
from apps_app.views.side import side
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.spec.errors import SpecError
from templates_app.spec.places import said


def editable(request: OperatorRequest, slug: str) -> Application:
    """The application, for who may edit it."""
    return fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)


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
        "illegible": list(map(said, application.illegible)),
        "may_edit": Actor.of(request.user).may(application.team, Role.OPERATOR),
        "may_publish": Actor.of(request.user).may(application.team, Role.PUBLISHER),
        **(context or {}),
    }
    return render_page(request, template, whole, fragment=fragment)


def with_review(application: Application, sentence: str) -> str:
    """The sentence, with a link to what waits to be applied."""
    return format_html(
        '{} <a href="{}">Review changes</a>', sentence, reverse("upgrades:changes", args=[application.slug])
    )


def say_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """The refusal as errors of the whole form, with a link to where to look."""
    form.add_error(None, linked(refused))
    for part in refused.parts:
        form.add_error(None, said(part))


def say_faults(form: forms.BaseForm, error: SpecError) -> None:
    """Everything that is wrong with a document as errors of the whole form."""
    for fault in error.faults:
        form.add_error(None, said(fault))


def tell_refusal(request: OperatorRequest, refused: Refused) -> None:
    """The refusal as a message above the next page."""
    sentences = (linked(refused), *map(said, refused.parts))
    messages.error(request, format_html_join(" ", "{}", ((one,) for one in sentences)))
