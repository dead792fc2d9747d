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
        result = list(rows[: SHOWN + 1])
        lines = tuple(line(t, self.names) for t in result[:SHOWN])
        return Listing(title, lines, len(result) > SHOWN, url, tone)


def at_work(record: UpgradeRecord, names: Names) -> Line:
    facts = (names.of(record.application, record.application_label), record.confirmed_by_label)
    return Line(record.title, record.get_absolute_url(), facts, record.confirmed_at, record.status)


def ended(record: UpgradeRecord, names: Names) -> Line:
    facts = (record.confirmed_by_label,) if record.succeeded else (record.result, record.confirmed_by_label)
    return Line(
        f"{record.title} of {names.of(record.application, record.application_label)}",
        record.get_absolute_url(),
        facts,
        record.ended_at,
        record.status,
    )


def to_confirm(record: UpgradeRecord, names: Names) -> Line:
    title = (
        f"Install {record.template_label} {record.to_label} as {names.of(record.application, record.application_label)}"
    )
    return Line(
        title,
        record.get_absolute_url(),
        (record.created_by_label,),
        record.created_at,
        act="Review",
        act_on=title,
        act_url=record.get_absolute_url(),
    )


def behind(installation: Installation, names: Names) -> Line:
    application = installation.application
    newest = getattr(installation, "newest", None) or "a pre-release"
    return Line(
        names.of(application),
        application.get_absolute_url(),
        tuple(
            filter(None, [f"{installation.template.name} {installation.reads} → {newest}", where(application.target)])
        ),
        act="Upgrade",
        act_on=application.name,
        act_url=reverse("upgrades:manage", args=[application.slug]),
    )


def amiss(application: Application, names: Names) -> Line:
    keys: list[str] = application.amiss  # type: ignore[attr-defined]  # an annotation
    return Line(
        names.of(application),
        application.get_absolute_url(),
        (listed(keys), where(application.target)),
        act="See",
        act_on=f"what is amiss with {application.name}",
        act_url=application.get_absolute_url(),
    )


def edited(application: Application, names: Names) -> Line:
    return Line(
        names.of(application),
        application.get_absolute_url(),
        (where(application.target),),
        act="Review",
        act_on=f"the changes of {application.name}",
        act_url=reverse("upgrades:changes", args=[application.slug]),
    )


def changed(application: Application, names: Names) -> Line:
    since: str = application.changed_since  # type: ignore[attr-defined]  # an annotation
    return Line(
        names.of(application),
        application.get_absolute_url(),
        (f"changed since {since}",),
        act="Publish",
        act_on=application.name,
        act_url=reverse("apps:publish", args=[application.slug]),
    )


def unpublished(release: ReleaseRecord, names: Names) -> Line:
    title = f"{release.template_label} {release.version_label}"
    facts = (f"from {names.of(release.application, release.application_label)}", release.by_label)
    url = release.get_absolute_url()
    return Line(title, url, facts, release.at, release.status, act="Continue", act_on=title, act_url=url)
