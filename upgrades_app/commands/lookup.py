"""Look up objects named on the command line. All raise OperationRefused if not found or not visible."""

from __future__ import annotations

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from templates_app.appspec.versioning.versions import VersionError, compute_sort_key
from templates_app.models import AppTemplate, TemplateVersion


def get_application(by: Actor, slug: str) -> Application:
    result = Application.objects.visible_to(by.user).with_installation().filter(slug=slug).first()
    if result is None:
        raise OperationRefused(f"Application {slug} does not exist.")
    return result


def get_installed_template(application: Application) -> AppTemplate:
    installation = application.get_installation()
    if installation is None:
        raise OperationRefused(f"{application} is not installed from a template.")
    return installation.template


def get_template(by: Actor, text: str) -> AppTemplate:
    """Return a template by slug, otherwise by a unique name."""
    visible = AppTemplate.objects.visible_to(by.user)
    if (result := visible.filter(slug=text).first()) is not None:
        return result
    named = list(visible.filter(name__iexact=text)[:2])
    if len(named) > 1:
        raise OperationRefused(f"Several templates are named {text}. Use the slug.")
    if not named:
        raise OperationRefused(f"Template {text} does not exist.")
    return named[0]


def get_version(template: AppTemplate, text: str) -> TemplateVersion:
    """Return the version with the same number; 1.0 equals 1.0.0."""
    try:
        key = compute_sort_key(text)
    except VersionError as error:
        raise OperationRefused(str(error)) from error
    result = template.versions.filter(sort_key=key).first()
    if result is None:
        raise OperationRefused(f"{template} has no version {text}.")
    return result


def get_target(by: Actor, slug: str, team: str | None) -> Target:
    """Return a target of that team, or the only one with that slug."""
    visible = Target.objects.visible_to(by.user).select_related("team").filter(slug=slug)
    targets = list((visible if team is None else visible.filter(team__slug=team)).order_by("team__slug"))
    if not targets:
        raise OperationRefused(f"Target {slug} does not exist{'' if team is None else f' in team {team}'}.")
    if len(targets) > 1:
        teams = ", ".join(target.team.slug for target in targets)
        raise OperationRefused(f"Several teams have a target {slug}. Choose one with --team: {teams}.")
    return targets[0]
