"""Changes what people call a version and what its notes say: neither is part of its document or digest."""

from __future__ import annotations

from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from templates_app.actions.release_version import locked
from templates_app.models import TemplateVersion


@transaction.atomic
def edit_version(version: TemplateVersion, by: Actor, *, alias: str, notes: str) -> TemplateVersion:
    """At any time, also after the release. What stood there before is in the audit entry."""
    by.require(version.template.team, Role.PUBLISHER)
    version = locked(version)
    desired = {"alias": alias.strip(), "notes": notes.strip()}
    before = {field: getattr(version, field) for field, text in desired.items() if getattr(version, field) != text}
    if before:
        version.alias, version.notes = desired["alias"], desired["notes"]
        version.save(update_fields=list(before))
        data = {"before": before, "after": {field: desired[field] for field in before}}
        audit.record(by, "edited", version, team=version.template.team, data=data)
    return version
