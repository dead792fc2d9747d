"""What a command names, as far as its actor may see it. All raise Refused with the sentence why not."""

from __future__ import annotations

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.errors import Refused
from templates_app.appspec.versioning.versions import VersionError, sort_key
from templates_app.models import AppTemplate, TemplateVersion


def application_of(by: Actor, slug: str) -> Application:
    result = Application.objects.visible_to(by.user).with_installation().filter(slug=slug).first()
    if result is None:
        raise Refused(f"There is no application {slug}.")
    return result


def installed_template(application: Application) -> AppTemplate:
    installation = application.installed()
    if installation is None:
        raise Refused(f"{application} is not installed from a template.")
    return installation.template


def template_of(by: Actor, text: str) -> AppTemplate:
    """By its slug, else by its name where only one is called so."""
    observed = AppTemplate.objects.visible_to(by.user)
    if (result := observed.filter(slug=text).first()) is not None:
        return result
    named = list(observed.filter(name__iexact=text)[:2])
    if len(named) > 1:
        raise Refused(f"Several templates are called {text}; name one by its slug.")
    if not named:
        raise Refused(f"There is no template {text}.")
    return named[0]


def version_of(template: AppTemplate, text: str) -> TemplateVersion:
    """The version that reads the same: 1.0 is 1.0.0."""
    try:
        key = sort_key(text)
    except VersionError as error:
        raise Refused(str(error)) from error
    result = template.versions.filter(sort_key=key).first()
    if result is None:
        raise Refused(f"{template} has no version {text}.")
    return result


def target_of(by: Actor, slug: str, team: str | None) -> Target:
    """Of that team; without one, the only target of this name there is."""
    observed = Target.objects.visible_to(by.user).select_related("team").filter(slug=slug)
    result = list((observed if team is None else observed.filter(team__slug=team)).order_by("team__slug"))
    if not result:
        raise Refused(f"There is no target {slug}{'' if team is None else f' of team {team}'}.")
    if len(result) > 1:
        teams = ", ".join(item.team.slug for item in result)
        raise Refused(f"Several teams have a target {slug}; name one with --team: {teams}.")
    return result[0]
