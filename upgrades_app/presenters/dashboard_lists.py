"""The lists of the home page, all in one shape: what it is, what is known of it, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet
from django.urls import reverse

from apps_app.models import Application, Installation, ReleaseRecord
from apps_app.presenters.display_names import DisplayNames
from templates_app.appspec.presentation.text import join_names
from upgrades_app.models import UpgradeRecord
from upgrades_app.templatetags.upgrades import format_target

SHOWN = 8


@dataclass(frozen=True, slots=True)
class DashboardLine:
    """One thing on the list; `facts` are joined by dots, and `at` is when it was."""

    title: str
    url: str
    facts: tuple[str, ...] = ()
    at: datetime | None = None
    status: str = ""
    action: str = ""
    action_object: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class DashboardList:
    """The first lines of a list, whether there are more, and where all of them are."""

    title: str
    lines: tuple[DashboardLine, ...]
    more: bool = False
    more_url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class DashboardBuilder:
    """Makes listings for somebody who knows applications by these names."""

    names: DisplayNames

    def build_list[T: Model](
        self,
        title: str,
        rows: QuerySet[T],
        line: Callable[[T, DisplayNames], DashboardLine],
        *,
        tone: str = "",
        url: str = "",
    ) -> DashboardList:
        """The first few of the rows, in one query."""
        result = list(rows[: SHOWN + 1])
        lines = tuple(line(t, self.names) for t in result[:SHOWN])
        return DashboardList(title, lines, len(result) > SHOWN, url, tone)


def build_running_line(record: UpgradeRecord, names: DisplayNames) -> DashboardLine:
    facts = (names.get_name(record.application, record.application_label), record.confirmed_by_label)
    return DashboardLine(record.title, record.get_absolute_url(), facts, record.confirmed_at, record.status)


def build_ended_line(record: UpgradeRecord, names: DisplayNames) -> DashboardLine:
    facts = (record.confirmed_by_label,) if record.succeeded else (record.result, record.confirmed_by_label)
    return DashboardLine(
        f"{record.title} of {names.get_name(record.application, record.application_label)}",
        record.get_absolute_url(),
        facts,
        record.ended_at,
        record.status,
    )


def build_planned_line(record: UpgradeRecord, names: DisplayNames) -> DashboardLine:
    title = f"Install {record.template_label} {record.to_label} as {names.get_name(record.application, record.application_label)}"
    return DashboardLine(
        title,
        record.get_absolute_url(),
        (record.created_by_label,),
        record.created_at,
        action="Review",
        action_object=title,
        action_url=record.get_absolute_url(),
    )


def build_outdated_line(installation: Installation, names: DisplayNames) -> DashboardLine:
    application = installation.application
    newest = getattr(installation, "newest", None) or "a pre-release"
    return DashboardLine(
        names.get_name(application),
        application.get_absolute_url(),
        tuple(
            filter(
                None,
                [
                    f"{installation.template.name} {installation.version_label} → {newest}",
                    format_target(application.target),
                ],
            )
        ),
        action="Upgrade",
        action_object=application.name,
        action_url=reverse("upgrades:manage", args=[application.slug]),
    )


def build_attention_line(application: Application, names: DisplayNames) -> DashboardLine:
    keys: list[str] = application.amiss  # type: ignore[attr-defined]  # an annotation
    return DashboardLine(
        names.get_name(application),
        application.get_absolute_url(),
        (join_names(keys), format_target(application.target)),
        action="See",
        action_object=f"what is amiss with {application.name}",
        action_url=application.get_absolute_url(),
    )


def build_pending_line(application: Application, names: DisplayNames) -> DashboardLine:
    return DashboardLine(
        names.get_name(application),
        application.get_absolute_url(),
        (format_target(application.target),),
        action="Review",
        action_object=f"the changes of {application.name}",
        action_url=reverse("upgrades:changes", args=[application.slug]),
    )


def build_changed_line(application: Application, names: DisplayNames) -> DashboardLine:
    since: str = application.changed_since  # type: ignore[attr-defined]  # an annotation
    return DashboardLine(
        names.get_name(application),
        application.get_absolute_url(),
        (f"changed since {since}",),
        action="Publish",
        action_object=application.name,
        action_url=reverse("apps:publish", args=[application.slug]),
    )


def build_unpublished_line(release: ReleaseRecord, names: DisplayNames) -> DashboardLine:
    title = f"{release.template_label} {release.version_label}"
    facts = (f"from {names.get_name(release.application, release.application_label)}", release.by_label)
    url = release.get_absolute_url()
    return DashboardLine(
        title, url, facts, release.at, release.status, action="Continue", action_object=title, action_url=url
    )
