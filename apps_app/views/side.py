"""The left column of every page of an application."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from apps_app.models import Application, Installation
from config.accounts.actor import Actor
from config.accounts.models import Role

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
