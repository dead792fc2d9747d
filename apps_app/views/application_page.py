"""What the pages of an application share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

from apps_app.models import Application, Installation
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.schema.errors import SpecError

ENTRIES = (
    ("topology", "Topology", "topology", "apps:topology"),
    ("components", "Components", "component", "apps:components"),
    ("publish", "Publish", "publish", "apps:publish"),
    ("releases", "Release records", "release", "apps:releases"),
    ("upgrade", "Upgrade", "upgrade", "upgrades:manage"),
    ("history", "History", "history", "upgrades:history"),
    ("settings", "Settings", "settings", "apps:settings"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the column; `count` is shown when it is more than nothing."""

    name: str
    label: str
    icon: str
    url: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """The column: a title, what the application is, and its pages with the open one marked."""

    title: str
    url: str
    about: str
    entries: tuple[Entry, ...]
    current: str


def side(request: HttpRequest, application: Application, current: str) -> Side:
    """The column of `application`, at the page `current`: what one may not do is not offered."""
    behind = Installation.objects.filter(application=application).behind().count()
    may_publish = Actor.of(request.user).may(application.team, Role.PUBLISHER)
    entries = (
        Entry(name, label, icon, url, behind if name == "upgrade" else 0)
        for name, label, icon, view in ENTRIES
        if (name != "publish" or may_publish) and (url := _url(view, application.slug))
    )
    return Side(application.name, application.get_absolute_url(), about(application), tuple(entries), current)


def about(application: Application) -> str:
    """What it comes from and where it runs: `Shop 1.0 · git demo`."""
    installation = application.installed()
    origin = ""
    if installation is not None:
        origin = f"{installation.template.name} {installation.reads}".strip()
    target = (
        "Source application"
        if application.target is None
        else " ".join(dict.fromkeys([application.target.kind, application.target.slug]))
    )
    return " · ".join(filter(None, [origin, target]))


def _url(view: str, slug: str) -> str:
    try:
        return reverse(view, args=[slug])
    except NoReverseMatch:
        return ""


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
    complete = {
        "application": application,
        "side": side(request, application, current),
        "illegible": list(map(said, application.illegible)),
        "may_edit": Actor.of(request.user).may(application.team, Role.OPERATOR),
        "may_publish": Actor.of(request.user).may(application.team, Role.PUBLISHER),
        **(context or {}),
    }
    return render_page(request, template, complete, fragment=fragment)


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
    messages.error(request, format_html_join(" ", "{}", ((sentence,) for sentence in sentences)))
