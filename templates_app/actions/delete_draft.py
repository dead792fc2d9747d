from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.actions.release_version import lock_version
from templates_app.models import TemplateVersion


@transaction.atomic
def delete_draft(version: TemplateVersion, by: Actor) -> None:
    """Deletes a draft and its sync records. Raises Refused once it was released."""
    by.require(version.template.team, Role.PUBLISHER)
    version = lock_version(version)
    if not version.is_draft:
        raise OperationRefused(
            f"{version} is {version.get_state_display().lower()}. Released versions cannot be deleted."
        )
    audit.record(by, "deleted the draft", version, team=version.template.team)
    version.delete()
