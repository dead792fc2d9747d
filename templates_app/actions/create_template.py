from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.errors import OperationRefused
from config.slugs import find_free_slug
from templates_app.models import AppTemplate


@transaction.atomic
def create_template(
    by: Actor, *, team: Team, name: str, description: str = "", scope: str = AppTemplate.Scope.TEAM
) -> AppTemplate:
    """A new template of `team`; its slug is made from its name. Raises Refused where a name is missing or too long."""
    by.require(team, Role.PUBLISHER)
    name = name.strip()
    if not name:
        raise OperationRefused("A template needs a name.")
    if len(name) > 120:
        raise OperationRefused("Template names have at most 120 characters.")
    slug = find_free_slug(AppTemplate.objects.all(), name, "template")
    template = AppTemplate.objects.create(team=team, slug=slug, name=name, description=description.strip(), scope=scope)
    audit.record(by, "created", template)
    return template
