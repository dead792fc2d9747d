"""Takes a component out of what the operator wants."""

from django.db import transaction

from apps_app.actions.audit_diff import edits, left_out
from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired
from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec


def dependants(spec: AppSpec, key: str) -> tuple[str, ...]:
    """The components that depend on `key`, by name."""
    return tuple(sorted(name for name, component in spec.components.items() if key in component.depends_on))


@transaction.atomic
def remove_component(application: Application, by: Actor, *, key: str, cut: bool = False) -> tuple[str, ...]:
    """Removes `key` from the desired document; one that ever ran waits for its removal to be applied.

    Components that depend on it lose that dependency where `cut` says so; otherwise Refused names them. Answers the
    keys that changed. Raises SpecError where something else of the application would no longer hold together.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    before = application.legible_spec()
    if not application.components.wanted().filter(key=key).exists():
        raise Refused(f"There is no component {key}.")
    needing = dependants(before, key)
    if needing and not cut:
        raise Refused(f"{', '.join(needing)} {'depends' if len(needing) == 1 else 'depend'} on {key}.")
    after = _without(before, key)
    refuse_new_faults(before, after)
    row = application.components.get(key=key)
    changed = write_desired(application, after, by)
    data = [*edits(before, after, of=key), *left_out(application)]
    url = application.get_absolute_url()
    audit.record(by, "removed component", row, team=application.team, url=url, data={"said": data})
    return changed


def _without(spec: AppSpec, key: str) -> AppSpec:
    components = {name: _free_of(key, component) for name, component in spec.components.items() if name != key}
    return spec.model_copy(update={"components": components})


def _free_of(key: str, component: ComponentSpec) -> ComponentSpec:
    if key not in component.depends_on:
        return component
    needs = {item: how for item, how in component.depends_on.items() if item != key}
    return component.model_copy(update={"depends_on": needs})
