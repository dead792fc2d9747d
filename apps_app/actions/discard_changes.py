from collections.abc import Collection

from django.db import transaction

from apps_app.actions.audit_diff import describe_edits
from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import check_new_faults
from apps_app.models import Application, Component
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@transaction.atomic
def discard_changes(application: Application, by: Actor, *, keys: Collection[str] | None = None) -> tuple[str, ...]:
    """Puts the components `keys` back as they were applied; without keys everything, parameters and values too.

    Answers the keys that changed. Raises OperationRefused where nothing is applied, and where the rest could not do
    without what is taken back.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock_application(application)
    rows = list(application.components.all())
    if not application.definitions_applied and all(row.applied is None for row in rows):
        raise OperationRefused("This application was never applied, so there is nothing to restore.")
    before = application.parse_desired_leniently()
    pending = [row for row in rows if row.is_pending and (keys is None or row.key in keys)]
    for row in pending:
        _restore_component(row, by)
    if keys is None:
        application.definitions_desired = application.definitions_applied
        application.save(update_fields=["definitions_desired"])
        application.values.revert_to_applied()
    else:
        _check_consistent(before, application.parse_desired_leniently())
    changed = tuple(row.key for row in pending)
    data = {"said": describe_edits(before, application.parse_desired_leniently())}
    audit.record(by, "discarded changes", application, url=application.get_absolute_url(), data=data)
    return changed


def _check_consistent(before: AppSpec, after: AppSpec) -> None:
    try:
        check_new_faults(before, after)
    except SpecError as error:
        raise OperationRefused(
            "Discarding only this change makes the application invalid. Discard all changes.", error.faults
        ) from error


def _restore_component(row: Component, by: Actor) -> None:
    if row.applied is None:
        row.delete()
        return
    row.desired = row.applied
    row.revision += 1
    row.changed_by = by.name
    row.save(update_fields=["desired", "revision", "changed_by", "changed_at"])
