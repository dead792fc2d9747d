"""The lists of the home page, all in one shape: what it is, what is known of it, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from apps_app.models import Application, Installation, ReleaseRecord
from upgrades_app.models import UpgradeRecord
from upgrades_app.templatetags.upgrades import where

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the list; `facts` are joined by dots, and `at` is when it was."""

    title: str
    url: str
    facts: tuple[str, ...] = ()
    at: datetime | None = None
    status: str = ""
    act: str = ""
    act_on: str = ""
    act_url: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The first lines of a list, whether there are more, and where all of them are."""

    title: str
    lines: tuple[Line, ...]
    more: bool = False
    more_url: str = ""
    tone: str = ""


def listing[T](title: str, rows: QuerySet[T], line: Callable[[T], Line], *, tone: str = "", url: str = "") -> Listing:  # type: ignore[type-var]  # rows of any model
    """The first few of the rows, in one query."""
    found = list(rows[: SHOWN + 1])
    return Listing(title, tuple(map(line, found[:SHOWN])), len(found) > SHOWN, url, tone)


def at_work(one: UpgradeRecord) -> Line:
    facts = (one.application_label, one.confirmed_by_label)
    return Line(one.title, one.get_absolute_url(), facts, one.confirmed_at, one.status)


def ended(one: UpgradeRecord) -> Line:
    facts = (one.confirmed_by_label,) if one.succeeded else (one.result, one.confirmed_by_label)
    return Line(f"{one.title} of {one.application_label}", one.get_absolute_url(), facts, one.ended_at, one.status)


def to_confirm(one: UpgradeRecord) -> Line:
    title = f"Install {one.template_label} {one.to_label} as {one.application_label}"
    return Line(
        title,
        one.get_absolute_url(),
        (one.created_by_label,),
        one.created_at,
        act="Review",
        act_on=title,
        act_url=one.get_absolute_url(),
    )


def behind(one: Installation) -> Line:
    application = one.application
    newest = getattr(one, "newest", None) or "a pre-release"
    return Line(
        application.name,
        application.get_absolute_url(),
        tuple(filter(None, [f"{one.template.name} {one.reads} → {newest}", where(application.target)])),
        act="Upgrade",
        act_on=application.name,
        act_url=reverse("upgrades:manage", args=[application.slug]),
    )


def edited(one: Application) -> Line:
    return Line(
        one.name,
        one.get_absolute_url(),
        (where(one.target),),
        act="Review",
        act_on=f"the changes of {one.name}",
        act_url=reverse("upgrades:changes", args=[one.slug]),
    )


def changed(one: Application) -> Line:
    since: str = one.changed_since  # type: ignore[attr-defined]  # an annotation
    return Line(
        one.name,
        one.get_absolute_url(),
        (f"changed since {since}",),
        act="Publish",
        act_on=one.name,
        act_url=reverse("apps:publish", args=[one.slug]),
    )


def unpublished(one: ReleaseRecord) -> Line:
    title = f"{one.template_label} {one.version_label}"
    facts = (f"from {one.application_label}", one.by_label)
    url = one.get_absolute_url()
    return Line(title, url, facts, one.at, one.status, act="Continue", act_on=title, act_url=url)
