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
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, link_parameters, render_page
from templates_app.appspec.presentation.path_labels import describe_fault
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
class NavigationEntry:
    """One link of the column; `count` is shown when it is more than nothing."""

    name: str
    label: str
    icon: str
    url: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class SideNavigation:
    """The column: a title, what the application is, and its pages with the open one marked."""

    title: str
    url: str
    about: str
    entries: tuple[NavigationEntry, ...]
    current: str


def build_side_navigation(request: HttpRequest, application: Application, current: str) -> SideNavigation:
    """The column of `application`, at the page `current`: what one may not do is not offered."""
    behind = Installation.objects.filter(application=application).behind().count()
    may_publish = Actor.from_user(request.user).has_role(application.team, Role.PUBLISHER)
    entries = (
        NavigationEntry(name, label, icon, url, behind if name == "upgrade" else 0)
        for name, label, icon, view in ENTRIES
        if (name != "publish" or may_publish) and (url := _build_url(view, application.slug))
    )
    return SideNavigation(
        application.name, application.get_absolute_url(), describe_application(application), tuple(entries), current
    )


def describe_application(application: Application) -> str:
    """What it comes from and where it runs: `Shop 1.0 · git demo`."""
    installation = application.get_installation()
    origin = ""
    if installation is not None:
        origin = f"{installation.template.name} {installation.version_label}".strip()
    target = (
        "Source application"
        if application.target is None
        else " ".join(dict.fromkeys([application.target.kind, application.target.slug]))
    )
    return " · ".join(filter(None, [origin, target]))


def _build_url(view: str, slug: str) -> str:
    try:
        return reverse(view, args=[slug])
    except NoReverseMatch:
        return ""


def get_editable_spec(request: OperatorRequest, slug: str) -> Application:
    """The application, for who may edit it."""
    return get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)


def render_application_page(
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
        "side": build_side_navigation(request, application, current),
        "illegible": list(map(describe_fault, application.parse_errors)),
        "may_edit": Actor.from_user(request.user).has_role(application.team, Role.OPERATOR),
        "may_publish": Actor.from_user(request.user).has_role(application.team, Role.PUBLISHER),
        **(context or {}),
    }
    return render_page(request, template, complete, fragment=fragment)


def add_review(application: Application, sentence: str) -> str:
    """The sentence, with a link to what waits to be applied."""
    return format_html(
        '{} <a href="{}">Review changes</a>', sentence, reverse("upgrades:changes", args=[application.slug])
    )


def show_refusal(form: forms.BaseForm, refused: OperationRefused) -> None:
    """The refusal as errors of the whole form, with a link to where to look."""
    form.add_error(None, link_parameters(refused))
    for part in refused.parts:
        form.add_error(None, describe_fault(part))


def show_faults(form: forms.BaseForm, error: SpecError) -> None:
    """Everything that is wrong with a document as errors of the whole form."""
    for fault in error.faults:
        form.add_error(None, describe_fault(fault))


def build_refusal_message(request: OperatorRequest, refused: OperationRefused) -> None:
    """The refusal as a message above the next page."""
    sentences = (link_parameters(refused), *map(describe_fault, refused.parts))
    messages.error(request, format_html_join(" ", "{}", ((sentence,) for sentence in sentences)))
