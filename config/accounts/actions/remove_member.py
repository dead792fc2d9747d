"""Takes a person out of a team."""

from django.db import transaction

from config.accounts import audit
from config.accounts.actions.members import again, refuse_last_owner
from config.accounts.actor import Actor
from config.accounts.models import Membership, Role


@transaction.atomic
def remove_member(member: Membership, by: Actor) -> None:
    """What the person did stays in the audit trail. Raises Refused for the last owner, and for who is none."""
    by.require(member.team, Role.OWNER)
    member = again(member)
    refuse_last_owner(member)
    data = {"member": member.user.username, "role": Role(member.role).label}
    audit.record(by, "removed a member", member.team, data=data)
    member.delete()
