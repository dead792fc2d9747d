from django.db import transaction

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.errors import OperationRefused
from config.slugs import find_free_slug

PAGES = ("new", "import")
"""What stands below /apps/ beside the applications."""


@transaction.atomic
def create_application(by: Actor, *, team: Team, name: str, target: Target | None = None) -> Application:
    """A new application of `team`; without a target it is only a source to publish from."""
    return save_new_application(build_application(by, team=team, name=name, target=target), by)


def build_application(
    by: Actor, *, team: Team, name: str, target: Target | None = None, instead_of: Application | None = None
) -> Application:
    """As it will be, with its uid and its slug, and not stored yet: so its target can be asked about it first.

    `instead_of` is one that goes before this one is stored, and leaves its slug. Raises OperationRefused.
    """
    by.require(team, Role.OPERATOR)
    name = name.strip()
    if not name:
        raise OperationRefused("An application needs a name.")
    if target is not None and target.team_id != team.pk:
        raise OperationRefused(f"The target {target.slug} belongs to another team.")
    others = Application.objects.exclude(pk=instead_of.pk) if instead_of is not None else Application.objects.all()
    return Application(slug=find_free_slug(others, name, "application", PAGES), team=team, name=name, target=target)


@transaction.atomic
def save_new_application(application: Application, by: Actor) -> Application:
    """Stores a new one. Raises OperationRefused where somebody took its slug meanwhile."""
    if Application.objects.filter(slug=application.slug).exists():
        raise OperationRefused(f"The slug {application.slug} was just taken by another application. Try again.")
    application.save(force_insert=True)
    audit.record(by, "created", application, team=application.team, url=application.get_absolute_url())
    return application
