"""Lets a member do more or less."""

from django.db import transaction

from config.accounts import audit
from config.accounts.actions.members import again, refuse_last_owner
from config.accounts.actor import Actor
from config.accounts.models import Membership, Role


@transaction.atomic
def change_role(member: Membership, by: Actor, *, role: Role) -> Membership:
    """The member with the new role. Raises Refused for the last owner, who has to stay one, and for who is none."""
    by.require(member.team, Role.OWNER)
    member = again(member)
    if member.role == role:
        return member
    if role < Role.OWNER:
        refuse_last_owner(member)
    before, member.role = Role(member.role), role
    member.save(update_fields=["role"])
    data = {"member": member.user.username, "from": before.label, "to": Role(role).label}
    audit.record(by, "changed a role", member.team, data=data)
    return member
