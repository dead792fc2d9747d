"""Installations that are behind: at which version they are, and which one they may go to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps_app.models import Application, Installation
from apps_app.models.installation import InstallationQuerySet
from config.accounts.access.actor import Actor
from templates_app.models import AppTemplate, TemplateVersion


@dataclass(frozen=True, slots=True)
class Behind:
    """One installation with the newest version it may go to."""

    installation: Installation
    version: TemplateVersion
    newest: TemplateVersion


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
    """Those for which there is something newer. Two queries, however many they are."""
    rows = seen_by(by).behind()
    if template is not None:
        rows = rows.filter(template=template)
    result = list(rows)
    newer = _released({item.template_id for item in result})
    for installation in result:
        newest = next((version for version in newer[installation.template_id] if takes(installation, version)), None)
        if installation.version is not None and newest is not None:
            yield Behind(installation, installation.version, newest)


def takes(installation: Installation, version: TemplateVersion) -> bool:
    """Whether its channel lets an installation have this version."""
    return installation.channel == Installation.Channel.ALL or not version.prerelease


def _released(templates: Iterable[int]) -> dict[int, list[TemplateVersion]]:
    versions = TemplateVersion.objects.released().filter(template__in=templates).newest_first().defer("document")
    result: dict[int, list[TemplateVersion]] = defaultdict(list)
    for version in versions:
        result[version.template_id].append(version)
    return result
