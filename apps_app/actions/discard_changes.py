"""Takes an operator's pending changes back: desired becomes what was applied."""

from collections.abc import Collection

from django.db import transaction

from apps_app.actions.audit_diff import edits
from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults
from apps_app.models import Application, Component
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@transaction.atomic
def discard_changes(application: Application, by: Actor, *, keys: Collection[str] | None = None) -> tuple[str, ...]:
    """Puts the components `keys` back as they were applied; without keys everything, parameters and values too.

    Answers the keys that changed. Raises Refused where nothing is applied, and where the rest could not do
    without what is taken back.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    rows = list(application.components.all())
    if not application.frame_applied and all(row.applied is None for row in rows):
        raise Refused("Nothing of this application is on a target, so there is nothing to go back to.")
    before = application.legible_spec()
    pending = [row for row in rows if row.pending and (keys is None or row.key in keys)]
    for row in pending:
        _put_back(row, by)
    if keys is None:
        application.frame_desired = application.frame_applied
        application.save(update_fields=["frame_desired"])
        application.values.go_back()
    else:
        _refuse_torn(before, application.legible_spec())
    changed = tuple(row.key for row in pending)
    data = {"said": edits(before, application.legible_spec())}
    audit.record(by, "discarded changes", application, url=application.get_absolute_url(), data=data)
    return changed


def _refuse_torn(before: AppSpec, after: AppSpec) -> None:
    try:
        refuse_new_faults(before, after)
    except SpecError as error:
        raise Refused("Taken back alone, it does not hold together: discard all changes.", error.faults) from error


def _put_back(row: Component, by: Actor) -> None:
    if row.applied is None:
        row.delete()
        return
    row.desired = row.applied
    row.revision += 1
    row.changed_by = by.name
    row.save(update_fields=["desired", "revision", "changed_by", "changed_at"])
