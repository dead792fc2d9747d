"""Installations that are behind: at which version they are, and which one they may go to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F

from apps_app.models import Application, Installation, Origin
from apps_app.models.installation import InstallationQuerySet
from config.accounts.actor import Actor
from templates_app.models import AppTemplate, TemplateVersion


@dataclass(frozen=True, slots=True)
class Behind:
    """One installation with the newest version it may go to; `partial` is "2 of 5 at 1.1", or ""."""

    installation: Installation
    version: TemplateVersion
    newest: TemplateVersion
    partial: str = ""


def seen_by(by: Actor) -> InstallationQuerySet:
    """The installations that the actor may see, by the slug of their application."""
    mine = Application.objects.visible_to(by.user)
    return (
        Installation.objects.filter(application__in=mine)
        .select_related("application__team", "application__target", "template", "version")
        .defer("version__document")
        .order_by("application__slug")
    )


def outdated(by: Actor, template: AppTemplate | None = None) -> Iterator[Behind]:
    """Those for which there is something newer. Three queries, however many they are."""
    rows = seen_by(by).behind()
    if template is not None:
        rows = rows.filter(template=template)
    found = list(rows)
    newer = _released({one.template_id for one in found})
    partial = _partial(found)
    for one in found:
        newest = next((version for version in newer[one.template_id] if takes(one, version)), None)
        if one.version is not None and newest is not None:
            yield Behind(one, one.version, newest, partial.get(one.pk, ""))


def takes(installation: Installation, version: TemplateVersion) -> bool:
    """Whether its channel lets an installation have this version."""
    return installation.channel == Installation.Channel.ALL or not version.prerelease


def _released(templates: Iterable[int]) -> dict[int, list[TemplateVersion]]:
    versions = TemplateVersion.objects.released().filter(template__in=templates).newest_first().defer("document")
    found: dict[int, list[TemplateVersion]] = defaultdict(list)
    for one in versions:
        found[one.template_id].append(one)
    return found


def _partial(installations: Iterable[Installation]) -> dict[int, str]:
    """How many components are ahead of their installation, where only some were upgraded."""
    own = Origin.objects.filter(installation__in=list(installations)).exclude(state=Origin.State.KEPT_AS_OWN)
    counted = own.values("installation", "version__version", at=F("version__sort_key")).annotate(n=Count("pk"))
    current = {one.pk: one.version.sort_key for one in installations if one.version is not None}
    total: dict[int, int] = defaultdict(int)
    ahead: dict[int, list[str]] = defaultdict(list)
    rows = list(counted.order_by("installation", "-version__sort_key"))
    for row in rows:
        total[row["installation"]] += row["n"]
    for row in rows:
        installation: int = row["installation"]
        if row["at"] > current[installation]:
            ahead[installation].append(f"{row['n']} of {total[installation]} at {row['version__version']}")
    return {installation: ", ".join(said) for installation, said in ahead.items()}
