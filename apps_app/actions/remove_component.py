from django.db import transaction

from apps_app.actions.audit_diff import describe_edits, describe_omitted
from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import check_new_faults, write_desired_state
from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import AppSpec


def list_dependants(spec: AppSpec, key: str) -> tuple[str, ...]:
    """The components that depend on `key`, by name."""
    return tuple(sorted(name for name, component in spec.components.items() if key in component.depends_on))


@transaction.atomic
def remove_component(application: Application, by: Actor, *, key: str, cut: bool = False) -> tuple[str, ...]:
    """Removes `key` from the desired document; one that ever ran waits for its removal to be applied.

    Components that depend on it lose that dependency where `cut` says so; otherwise Refused names them. Answers the
    keys that changed. Raises SpecError where something else of the application would no longer hold together.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock_application(application)
    before = application.parse_desired_leniently()
    if not application.components.desired().filter(key=key).exists():
        raise OperationRefused(f"Component {key} not found.")
    needing = list_dependants(before, key)
    if needing and not cut:
        raise OperationRefused(f"{', '.join(needing)} {'depends' if len(needing) == 1 else 'depend'} on {key}.")
    after = _drop_component(before, key)
    check_new_faults(before, after)
    row = application.components.get(key=key)
    changed = write_desired_state(application, after, by)
    data = [*describe_edits(before, after, of=key), *describe_omitted(application)]
    url = application.get_absolute_url()
    audit.record(by, "removed component", row, team=application.team, url=url, data={"said": data})
    return changed


def _drop_component(spec: AppSpec, key: str) -> AppSpec:
    components = {name: _drop_dependency(key, component) for name, component in spec.components.items() if name != key}
    return spec.model_copy(update={"components": components})


def _drop_dependency(key: str, component: ComponentSpec) -> ComponentSpec:
    if key not in component.depends_on:
        return component
    needs = {item: how for item, how in component.depends_on.items() if item != key}
    return component.model_copy(update={"depends_on": needs})
