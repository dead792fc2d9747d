"""Makes an application that has no component yet."""

from django.db import transaction

from apps_app.models import Application, Target
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role, Team
from config.errors import Refused
from config.slugs import free_slug

PAGES = ("new", "import")
"""What stands below /apps/ beside the applications."""


@transaction.atomic
def create_application(by: Actor, *, team: Team, name: str, target: Target | None = None) -> Application:
    """A new application of `team`; without a target it is only a source to publish from."""
    by.require(team, Role.OPERATOR)
    name = name.strip()
    if not name:
        raise Refused("An application needs a name.")
    if target is not None and target.team_id != team.pk:
        raise Refused(f"The target {target.slug} belongs to another team.")
    slug = free_slug(Application.objects.all(), name, "application", PAGES)
    application = Application.objects.create(slug=slug, team=team, name=name, target=target)
    audit.record(by, "created", application, team=team, url=application.get_absolute_url())
    return application
