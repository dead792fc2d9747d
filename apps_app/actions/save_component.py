"""Adds a component to an application, or changes one."""

from collections.abc import Collection, Mapping

from django.db import transaction

from apps_app.actions.busy import lock
from apps_app.actions.desired import write_desired, write_secrets
from apps_app.actions.whole import refuse_new_faults
from apps_app.models import Application, Component
from config.accounts import audit
from config.accounts.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from templates_app.spec.component import ComponentSpec, Dependency
from templates_app.spec.model import AppSpec, Parameter, Volume
from templates_app.spec.secrets import make_secret


@transaction.atomic
def save_component(
    application: Application,
    by: Actor,
    *,
    key: str,
    component: ComponentSpec,
    revision: int | None = None,
    needed_by: Collection[str] | None = None,
    secret_env: Mapping[str, str] | None = None,
    declare: Collection[str] = (),
) -> Component:
    """Makes `component` the desired one at `key`. Without `revision` it is new.

    `needed_by`: the components that shall depend on it (None leaves them alone). `secret_env`: variables whose value
    becomes a secret parameter of the given name. `declare`: parameters to add. Raises SpecError with every fault the
    edit brings into the whole application, and Refused where someone else changed the component meanwhile.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    before = application.desired_spec()
    _refuse_stale(application, key, revision)
    after = _with_component(before, key, component)
    after = _with_parameters(after, declare)
    if needed_by is not None:
        after = _needed_by(after, key, frozenset(needed_by))
    after, secrets = _with_secrets(after, key, secret_env or {})
    refuse_new_faults(before, after)
    changed = write_desired(application, after, by)
    write_secrets(application, secrets)
    row = application.components.get(key=key)
    verb = "added component" if revision is None else "edited component"
    audit.record(by, verb, row, team=application.team, url=row.get_absolute_url(), data={"changed": list(changed)})
    return row


def _refuse_stale(application: Application, key: str, revision: int | None) -> None:
    row = application.components.filter(key=key).first()
    if revision is None:
        if row is not None and row.desired is not None:
            raise Refused(f"There is a component {key} already.", url=row.get_absolute_url())
    elif row is None:
        raise Refused(f"{key} was removed meanwhile.")
    elif row.revision != revision:
        raise Refused(
            f"{row.changed_by or 'Someone'} changed {key} while this form was open.", url=row.get_absolute_url()
        )


def _with_component(spec: AppSpec, key: str, component: ComponentSpec) -> AppSpec:
    named = {mount.source for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    volumes = {**spec.volumes, **{name: Volume() for name in named if name not in spec.volumes and "$" not in name}}
    return spec.model_copy(update={"components": {**spec.components, key: component}, "volumes": volumes})


def _with_parameters(spec: AppSpec, names: Collection[str]) -> AppSpec:
    new = {name: Parameter() for name in sorted(names) if name not in spec.parameters}
    return spec.model_copy(update={"parameters": {**spec.parameters, **new}}) if new else spec


def _needed_by(spec: AppSpec, key: str, needed_by: frozenset[str]) -> AppSpec:
    components = dict(spec.components)
    for name, other in spec.components.items():
        if name != key and (key in other.depends_on) != (name in needed_by):
            needs = {one: how for one, how in other.depends_on.items() if one != key}
            if name in needed_by:
                needs[key] = Dependency()
            components[name] = other.model_copy(update={"depends_on": needs})
    return spec.model_copy(update={"components": components})


def _with_secrets(spec: AppSpec, key: str, wanted: Mapping[str, str]) -> tuple[AppSpec, dict[str, str]]:
    values: dict[str, str] = {}
    for variable, parameter in wanted.items():
        spec, values[parameter] = make_secret(spec, ("components", key, "env", variable), parameter)
    return spec, values
