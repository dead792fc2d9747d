"""Writes a document into an application's rows as what its operator wants. The caller holds the lock."""

from collections.abc import Mapping

from apps_app.models import Application, Component, Value
from apps_app.models.application import frame_of
from config.accounts.access.actor import Actor
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import refuse_unstorable, tree
from templates_app.appspec.validation.validate import check


def write_desired(application: Application, spec: AppSpec, by: Actor) -> tuple[str, ...]:
    """Makes frame and components say what the spec says, and answers the keys that changed.

    A component that is no longer in the spec waits to be removed where it ever ran; else its row goes.
    Raises SpecError for a document that could not be read again.
    """
    refuse_unstorable(spec)
    rows = {row.key: row for row in application.components.all()}
    desired = {key: tree(component) for key, component in spec.components.items()}
    changed = [key for key, document in desired.items() if key in rows and rows[key].desired != document]
    added = [key for key in desired if key not in rows]
    dropped = [key for key, row in rows.items() if key not in desired and row.desired is not None]
    for key in changed:
        _revise(rows[key], desired[key], by)
    for key in dropped:
        _drop(rows[key], by)
    Component.objects.bulk_create(
        Component(application=application, key=key, desired=desired[key], changed_by=by.name) for key in added
    )
    frame = frame_of(spec)
    if frame != application.frame_desired:
        application.frame_desired = frame
        application.save(update_fields=["frame_desired"])
    return tuple(sorted([*changed, *added, *dropped]))


def write_secrets(application: Application, secrets: Mapping[str, str], source: str = Value.Source.SET) -> None:
    """Seals secret values as the ones that are wanted."""
    for name, text in secrets.items():
        Value.objects.update_or_create(
            application=application,
            name=name,
            defaults={"secret": True, "desired": Secret(text), "source": source},
        )


def _revise(row: Component, document: Mapping[str, object] | None, by: Actor) -> None:
    row.desired = document
    row.revision += 1
    row.changed_by = by.name
    row.save(update_fields=["desired", "revision", "changed_by", "changed_at"])


def _drop(row: Component, by: Actor) -> None:
    if row.applied is None and not row.applied_unknown:
        row.delete()
    else:
        _revise(row, None, by)


def refuse_new_faults(before: AppSpec, after: AppSpec) -> None:
    """Raises SpecError with every fault that the edit brings in; what was wrong before is not held against it.

    What could not even be read again is refused whatever was before.
    """
    refuse_unstorable(after)
    known = set(check(before))
    brought = [fault for fault in check(after) if fault not in known]
    if brought:
        raise SpecError(brought)
