"""Gives a version number free again."""

from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.release_version import locked
from templates_app.models import TemplateVersion


@transaction.atomic
def delete_draft(version: TemplateVersion, by: Actor) -> None:
    """Deletes a draft and its sync records. Raises Refused once it was released."""
    by.require(version.template.team, Role.PUBLISHER)
    version = locked(version)
    if not version.is_draft:
        raise Refused(f"{version} is {version.get_state_display().lower()}; a released version stays.")
    audit.record(by, "deleted the draft", version, team=version.template.team)
    version.delete()
