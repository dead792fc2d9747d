"""What adding, changing and removing a member have in common."""

from config.accounts.models import Membership, Role, Team
from config.errors import Refused


def lock(team: Team) -> Team:
    """The team's row, locked until the transaction ends: two owners cannot remove each other at once."""
    return Team.objects.select_for_update().get(pk=team.pk)


def again(member: Membership) -> Membership:
    """The row as it is now, with its team locked. Raises Refused where somebody removed the member meanwhile."""
    lock(member.team)
    now = Membership.objects.select_related("team", "user").filter(pk=member.pk).first()
    if now is None:
        raise Refused(f"{member.user} is no member of {member.team} any more.")
    return now


def refuse_last_owner(member: Membership) -> None:
    """Raises Refused where nobody else answers for the team. Call it with the team locked."""
    owners = Membership.objects.filter(team=member.team_id, role=Role.OWNER, user__is_active=True)
    if member.role == Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise Refused(f"{member.user} is the last owner of {member.team}. Make somebody else an owner first.")
