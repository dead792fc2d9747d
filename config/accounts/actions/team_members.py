from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Membership, Role, Team, User
from config.errors import OperationRefused


def lock_team(team: Team) -> Team:
    """The team's row, locked until the transaction ends: two owners cannot remove each other at once."""
    return Team.objects.select_for_update().get(pk=team.pk)


def reload_member(member: Membership) -> Membership:
    """The row as it is now, with its team locked. Raises Refused where somebody removed the member meanwhile."""
    lock_team(member.team)
    now = Membership.objects.select_related("team", "user").filter(pk=member.pk).first()
    if now is None:
        raise OperationRefused(f"{member.user} is no longer a member of {member.team}.")
    return now


def check_not_last_owner(member: Membership) -> None:
    """Raises Refused where nobody else answers for the team. Call it with the team locked."""
    owners = Membership.objects.filter(team=member.team_id, role=Role.OWNER, user__is_active=True)
    if member.role == Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise OperationRefused(f"{member.user} is the last owner of {member.team}. Add another owner first.")


@transaction.atomic
def add_member(team: Team, by: Actor, *, name: str, role: Role) -> Membership:
    """The new member, found by user name. Raises Refused where there is no such active person, or a member already."""
    by.require(team, Role.OWNER)
    team = lock_team(team)
    user = User.objects.filter(username=name.strip(), is_active=True).first()
    if user is None:
        raise OperationRefused(f"User {name.strip()} not found. An administrator can create accounts.")
    if team.memberships.filter(user=user).exists():
        raise OperationRefused(f"{user} is already a member of {team}.")
    member = Membership.objects.create(team=team, user=user, role=role)
    audit.record(by, "added a member", team, data={"member": user.username, "role": Role(role).label})
    return member


@transaction.atomic
def change_role(member: Membership, by: Actor, *, role: Role) -> Membership:
    """The member with the new role. Raises Refused for the last owner, who has to stay one, and for who is none."""
    by.require(member.team, Role.OWNER)
    member = reload_member(member)
    if member.role == role:
        return member
    if role < Role.OWNER:
        check_not_last_owner(member)
    before, member.role = Role(member.role), role
    member.save(update_fields=["role"])
    data = {"member": member.user.username, "from": before.label, "to": Role(role).label}
    audit.record(by, "changed a role", member.team, data=data)
    return member


@transaction.atomic
def remove_member(member: Membership, by: Actor) -> None:
    """What the person did stays in the audit trail. Raises Refused for the last owner, and for who is none."""
    by.require(member.team, Role.OWNER)
    member = reload_member(member)
    check_not_last_owner(member)
    data = {"member": member.user.username, "role": Role(member.role).label}
    audit.record(by, "removed a member", member.team, data=data)
    member.delete()
