"""Takes a target away that no application is on."""

from django.db import transaction
from django.db.models import ProtectedError

from apps_app.models import Target
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused


@transaction.atomic
def remove_target(target: Target, by: Actor) -> None:
    """Nothing of what was written there changes. Raises Refused while an application has it as its target."""
    by.require(target.team, Role.OWNER)
    found = Target.objects.select_for_update(of=("self",)).filter(pk=target.pk).first()
    if found is None:
        raise Refused(f"{target} was removed meanwhile.")
    audit.record(by, "removed", found, team=target.team, data={"kind": found.kind})
    try:
        found.delete()
    except ProtectedError as error:
        raise Refused(f"{target} is in use.", url=target.get_absolute_url()) from error
