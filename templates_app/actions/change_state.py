"""Says of a released version that nobody new should take it, that nobody may, or that it is fine again."""

from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.actions.release_version import locked
from templates_app.models import TemplateVersion

VERBS = {
    TemplateVersion.State.RELEASED: "released again",
    TemplateVersion.State.DEPRECATED: "deprecated",
    TemplateVersion.State.WITHDRAWN: "withdrew",
}


@transaction.atomic
def change_state(version: TemplateVersion, by: Actor, *, state: str, reason: str = "") -> TemplateVersion:
    """Released, deprecated and withdrawn may follow each other; a draft is released by its publication only."""
    by.require(version.template.team, Role.PUBLISHER)
    desired = TemplateVersion.State(state)
    version = locked(version)
    if version.is_draft:
        raise Refused(f"{version} is not released yet.")
    if desired not in VERBS:
        raise Refused(f"{version} was released and cannot be a draft again.")
    if version.state == desired:
        raise Refused(f"{version} is {desired.label.lower()} already.")
    before, version.state = version.state, desired
    version.save(update_fields=["state"])
    data = {"from": before, "to": str(desired), "reason": reason.strip()}
    audit.record(by, VERBS[desired], version, team=version.template.team, data=data)
    return version
