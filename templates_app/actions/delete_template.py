"""Takes a template out of the catalogue, with all its versions."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.edit_template import locked_template
from templates_app.models import AppTemplate
from templates_app.queries.usage import usage_of


def role_to_delete(template: AppTemplate) -> Role:
    """Released versions are gone for ever, which owners decide; what never released any is its publishers'."""
    return Role.OWNER if template.versions.published().exists() else Role.PUBLISHER


@transaction.atomic
def delete_template(template: AppTemplate, by: Actor) -> None:
    """Raises Refused while anything is installed from it, and while a version is being published."""
    by.require(template.team, role_to_delete(template))
    template = locked_template(template)
    if usage_of(template, None).any:
        raise Refused(f"{template} is installed, so it stays. Withdraw its versions to have it installed no more.")
    draft = template.versions.drafts().first()
    if draft is not None:
        raise Refused(f"{draft} is being published. Finish that, or delete the draft.", url=draft.get_absolute_url())
    versions = list(template.versions.values_list("version", flat=True))
    audit.record(by, "deleted", template, data={"versions": versions})
    try:
        template.versions.all().delete()
        template.delete()
    except ProtectedError as error:
        raise Refused(f"{template} is still needed by what was installed from it.") from error
