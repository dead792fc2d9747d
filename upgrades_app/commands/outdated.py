"""Find outdated installations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps_app.models import Application, Installation
from apps_app.models.installation import InstallationQuerySet
from config.accounts.access.actor import Actor
from templates_app.models import AppTemplate, TemplateVersion


@dataclass(frozen=True, slots=True)
class OutdatedInstallation:
    """An installation with the newest version it accepts."""

    installation: Installation
    version: TemplateVersion
    newest: TemplateVersion


def list_visible_installations(by: Actor) -> InstallationQuerySet:
    """Return the installations visible to the actor, sorted by application slug."""
    visible = Application.objects.visible_to(by.user)
    return (
        Installation.objects.filter(application__in=visible)
        .select_related("application__team", "application__target", "template", "version")
        .defer("version__document")
        .order_by("application__slug")
    )


def list_outdated(by: Actor, template: AppTemplate | None = None) -> Iterator[OutdatedInstallation]:
    """Yield the installations with a newer version. Two queries."""
    rows = list_visible_installations(by).behind()
    if template is not None:
        rows = rows.filter(template=template)
    result = list(rows)
    newer = _list_released({installation.template_id for installation in result})
    for installation in result:
        newest = next(
            (version for version in newer[installation.template_id] if accepts_version(installation, version)), None
        )
        if installation.version is not None and newest is not None:
            yield OutdatedInstallation(installation, installation.version, newest)


def accepts_version(installation: Installation, version: TemplateVersion) -> bool:
    """Whether the channel of the installation allows this version."""
    return installation.channel == Installation.Channel.ALL or not version.prerelease


def _list_released(templates: Iterable[int]) -> dict[int, list[TemplateVersion]]:
    versions = TemplateVersion.objects.released().filter(template__in=templates).newest_first().defer("document")
    result: dict[int, list[TemplateVersion]] = defaultdict(list)
    for version in versions:
        result[version.template_id].append(version)
    return result
