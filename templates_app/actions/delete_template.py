from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.actions.edit_template import lock_template
from templates_app.models import AppTemplate
from templates_app.queries.usage import count_usage


def required_role_to_delete(template: AppTemplate) -> Role:
    """Released versions are gone for ever, which owners decide; what never released any is its publishers'."""
    return Role.OWNER if template.versions.published().exists() else Role.PUBLISHER


@transaction.atomic
def delete_template(template: AppTemplate, by: Actor) -> None:
    """Raises Refused while anything is installed from it, and while a version is being published."""
    by.require(template.team, required_role_to_delete(template))
    template = lock_template(template)
    if count_usage(template, None).is_used:
        raise OperationRefused(
            f"{template} has installations and cannot be deleted. Withdraw its versions to prevent new installations."
        )
    draft = template.versions.drafts().first()
    if draft is not None:
        raise OperationRefused(
            f"{draft} is being published. Finish the publication or delete the draft.", url=draft.get_absolute_url()
        )
    versions = list(template.versions.values_list("version", flat=True))
    audit.record(by, "deleted", template, data={"versions": versions})
    try:
        template.versions.all().delete()
        template.delete()
    except ProtectedError as error:
        raise OperationRefused(f"{template} is still used by installations.") from error
