"""Adds a component to an application, or changes one."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from apps_app.actions.audit_diff import edits, left_out
from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import refuse_new_faults, write_desired, write_secrets
from apps_app.models import Application, Component
from apps_app.queries.rendered_spec import given_values, secret_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.component import ComponentSpec, Dependency
from templates_app.appspec.schema.model import AppSpec, Parameter, Volume
from templates_app.appspec.secrets.secret_extraction import Suspect, make_secret


@transaction.atomic
def save_component(
    application: Application,
    by: Actor,
    *,
    key: str,
    component: ComponentSpec,
    revision: int | None = None,
    needed_by: Collection[str] | None = None,
    hide: Sequence[Suspect] = (),
    declare: Mapping[str, Parameter] | None = None,
) -> Component:
    """Makes `component` the desired one at `key`. Without `revision` it is new.

    `needed_by`: the components that shall depend on it (None leaves them alone). `hide`: credentials that become
    secret parameters. `declare`: parameters to add. Raises SpecError with every fault the edit brings into the whole
    application, and Refused where someone else changed the component since `revision`.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock(application)
    before = application.legible_spec()
    _refuse_stale(application, key, revision)
    after = _with_component(before, key, component)
    after = after.model_copy(update={"parameters": {**(declare or {}), **after.parameters}})
    if needed_by is not None:
        after = _needed_by(after, key, frozenset(needed_by))
    after, secrets = _with_secrets(after, hide, given_values(application))
    refuse_new_faults(before, after)
    write_desired(application, after, by)
    held = secret_values(application)
    write_secrets(application, {name: item for name, item in secrets.items() if held.get(name) != item})
    row = application.components.get(key=key)
    verb = "added component" if revision is None else "edited component"
    data = [*edits(before, after, of=key), *left_out(application)]
    audit.record(by, verb, row, team=application.team, url=row.get_absolute_url(), data={"said": data})
    return row


def _refuse_stale(application: Application, key: str, revision: int | None) -> None:
    row = application.components.filter(key=key).first()
    if revision is None:
        if row is not None and row.desired is not None:
            raise Refused(f"There is a component {key} already.", url=row.get_absolute_url())
    elif row is None or row.desired is None:
        raise Refused(f"{key} was removed meanwhile.")
    elif row.revision != revision:
        by = row.changed_by or "Somebody"
        raise Refused(f"{by} changed {key} meanwhile.", url=row.get_absolute_url())


def _with_component(spec: AppSpec, key: str, component: ComponentSpec) -> AppSpec:
    named = {mount.source for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    volumes = {**spec.volumes, **{name: Volume() for name in named if name not in spec.volumes and "$" not in name}}
    return spec.model_copy(update={"components": {**spec.components, key: component}, "volumes": volumes})


def _needed_by(spec: AppSpec, key: str, needed_by: frozenset[str]) -> AppSpec:
    components = dict(spec.components)
    for name, other in spec.components.items():
        if name != key and (key in other.depends_on) != (name in needed_by):
            needs = {item: how for item, how in other.depends_on.items() if item != key}
            if name in needed_by:
                needs[key] = Dependency()
            components[name] = other.model_copy(update={"depends_on": needs})
    return spec.model_copy(update={"components": components})


def _with_secrets(
    spec: AppSpec, hide: Sequence[Suspect], provided: Mapping[str, str]
) -> tuple[AppSpec, dict[str, str]]:
    """A parameter that becomes secret keeps the value that was set for it."""
    values: dict[str, str] = {}
    for finding in hide:
        spec, value = make_secret(spec, finding.path, finding.name, finding.same)
        values.setdefault(finding.name, provided.get(finding.name, value) if finding.is_parameter else value)
    return spec, values
