"""The lists of the home page, all in one shape: what it is, what is known of it, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet
from django.urls import reverse

from apps_app.models import Application, Installation, ReleaseRecord
from apps_app.presenters.display_names import Names
from templates_app.appspec.presentation.text import listed
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


@dataclass(frozen=True, slots=True)
class Lister:
    """Makes listings for somebody who knows applications by these names."""

    names: Names

    def listing[T: Model](
        self, title: str, rows: QuerySet[T], line: Callable[[T, Names], Line], *, tone: str = "", url: str = ""
    ) -> Listing:
        """The first few of the rows, in one query."""
        found = list(rows[: SHOWN + 1])
        lines = tuple(line(one, self.names) for one in found[:SHOWN])
        return Listing(title, lines, len(found) > SHOWN, url, tone)


def at_work(one: UpgradeRecord, names: Names) -> Line:
    facts = (names.of(one.application, one.application_label), one.confirmed_by_label)
    return Line(one.title, one.get_absolute_url(), facts, one.confirmed_at, one.status)


def ended(one: UpgradeRecord, names: Names) -> Line:
    facts = (one.confirmed_by_label,) if one.succeeded else (one.result, one.confirmed_by_label)
    return Line(
        f"{one.title} of {names.of(one.application, one.application_label)}",
        one.get_absolute_url(),
        facts,
        one.ended_at,
        one.status,
    )


def to_confirm(one: UpgradeRecord, names: Names) -> Line:
    title = f"Install {one.template_label} {one.to_label} as {names.of(one.application, one.application_label)}"
    return Line(
        title,
        one.get_absolute_url(),
        (one.created_by_label,),
        one.created_at,
        act="Review",
        act_on=title,
        act_url=one.get_absolute_url(),
    )


def behind(one: Installation, names: Names) -> Line:
    application = one.application
    newest = getattr(one, "newest", None) or "a pre-release"
    return Line(
        names.of(application),
        application.get_absolute_url(),
        tuple(filter(None, [f"{one.template.name} {one.reads} → {newest}", where(application.target)])),
        act="Upgrade",
        act_on=application.name,
        act_url=reverse("upgrades:manage", args=[application.slug]),
    )


def amiss(one: Application, names: Names) -> Line:
    keys: list[str] = one.amiss  # type: ignore[attr-defined]  # an annotation
    return Line(
        names.of(one),
        one.get_absolute_url(),
        (listed(keys), where(one.target)),
        act="See",
        act_on=f"what is amiss with {one.name}",
        act_url=one.get_absolute_url(),
    )


def edited(one: Application, names: Names) -> Line:
    return Line(
        names.of(one),
        one.get_absolute_url(),
        (where(one.target),),
        act="Review",
        act_on=f"the changes of {one.name}",
        act_url=reverse("upgrades:changes", args=[one.slug]),
    )


def changed(one: Application, names: Names) -> Line:
    since: str = one.changed_since  # type: ignore[attr-defined]  # an annotation
    return Line(
        names.of(one),
        one.get_absolute_url(),
        (f"changed since {since}",),
        act="Publish",
        act_on=one.name,
        act_url=reverse("apps:publish", args=[one.slug]),
    )


def unpublished(one: ReleaseRecord, names: Names) -> Line:
    title = f"{one.template_label} {one.version_label}"
    facts = (f"from {names.of(one.application, one.application_label)}", one.by_label)
    url = one.get_absolute_url()
    return Line(title, url, facts, one.at, one.status, act="Continue", act_on=title, act_url=url)
