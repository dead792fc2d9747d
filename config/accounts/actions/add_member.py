"""Takes a person into a team."""

from django.db import transaction

from config.accounts import audit
from config.accounts.actions.members import lock
from config.accounts.actor import Actor
from config.accounts.models import Membership, Role, Team, User
from config.errors import Refused


@transaction.atomic
def add_member(team: Team, by: Actor, *, name: str, role: Role) -> Membership:
    """The new member, found by user name. Raises Refused where there is no such active person, or a member already."""
    by.require(team, Role.OWNER)
    team = lock(team)
    user = User.objects.filter(username=name.strip(), is_active=True).first()
    if user is None:
        raise Refused(f"Nobody here signs in as {name.strip()}. An administrator makes accounts.")
    if team.memberships.filter(user=user).exists():
        raise Refused(f"{user} is a member of {team} already.")
    member = Membership.objects.create(team=team, user=user, role=role)
    audit.record(by, "added a member", team, data={"member": user.username, "role": Role(role).label})
    return member
