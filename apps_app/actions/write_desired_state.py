from collections.abc import Mapping

from apps_app.models import Application, Component, Value
from apps_app.models.application import get_definitions
from config.accounts.access.actor import Actor
from config.accounts.sealing.sealed import Secret
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import check_storable, to_plain
from templates_app.appspec.validation.validate import validate_spec


def write_desired_state(application: Application, spec: AppSpec, by: Actor) -> tuple[str, ...]:
    """Makes frame and components say what the spec says, and answers the keys that changed.

    A component that is no longer in the spec waits to be removed where it ever ran; else its row goes.
    Raises SpecError for a document that could not be read again.
    """
    check_storable(spec)
    rows = {row.key: row for row in application.components.all()}
    desired = {key: to_plain(component) for key, component in spec.components.items()}
    changed = [key for key, document in desired.items() if key in rows and rows[key].desired != document]
    added = [key for key in desired if key not in rows]
    dropped = [key for key, row in rows.items() if key not in desired and row.desired is not None]
    for key in changed:
        _write_component(rows[key], desired[key], by)
    for key in dropped:
        _drop_component(rows[key], by)
    Component.objects.bulk_create(
        Component(application=application, key=key, desired=desired[key], changed_by=by.name) for key in added
    )
    frame = get_definitions(spec)
    if frame != application.definitions_desired:
        application.definitions_desired = frame
        application.save(update_fields=["definitions_desired"])
    return tuple(sorted([*changed, *added, *dropped]))


def write_secrets(application: Application, secrets: Mapping[str, str], source: str = Value.Source.SET) -> None:
    """Seals secret values as the ones that are wanted."""
    for name, text in secrets.items():
        Value.objects.update_or_create(
            application=application,
            name=name,
            defaults={"secret": True, "desired": Secret(text), "source": source},
        )


def _write_component(row: Component, document: Mapping[str, object] | None, by: Actor) -> None:
    row.desired = document
    row.revision += 1
    row.changed_by = by.name
    row.save(update_fields=["desired", "revision", "changed_by", "changed_at"])


def _drop_component(row: Component, by: Actor) -> None:
    if row.applied is None and not row.applied_unknown:
        row.delete()
    else:
        _write_component(row, None, by)


def check_new_faults(before: AppSpec, after: AppSpec) -> None:
    """Raises SpecError with every fault that the edit brings in; what was wrong before is not held against it.

    What could not even be read again is refused whatever was before.
    """
    check_storable(after)
    known = set(validate_spec(before))
    brought = [fault for fault in validate_spec(after) if fault not in known]
    if brought:
        raise SpecError(brought)
