from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.actions.team_members import add_member
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.errors import OperationRefused
from config.slugs import find_free_slug

RESERVED = ("new",)


@transaction.atomic
def create_team(by: Actor, *, name: str, owner: str) -> Team:
    """A new team and its first owner, found by user name. Only superusers make teams. Raises Refused."""
    by.require_superuser()
    name = name.strip()
    if not name:
        raise OperationRefused("A team needs a name.")
    team = Team.objects.create(name=name, slug=find_free_slug(Team.objects.all(), name, "team", RESERVED))
    audit.record(by, "created", team)
    add_member(team, by, name=owner, role=Role.OWNER)
    return team
