from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from apps_app.actions.audit_diff import describe_edits, describe_omitted
from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import check_new_faults, write_desired_state, write_secrets
from apps_app.models import Application, Component
from apps_app.queries.rendered_spec import get_secret_values, get_set_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.schema.component import ComponentSpec, Dependency
from templates_app.appspec.schema.model import AppSpec, Parameter, Volume
from templates_app.appspec.secrets.secret_extraction import CredentialFinding, extract_secret


@transaction.atomic
def save_component(
    application: Application,
    by: Actor,
    *,
    key: str,
    component: ComponentSpec,
    revision: int | None = None,
    needed_by: Collection[str] | None = None,
    hide: Sequence[CredentialFinding] = (),
    declare: Mapping[str, Parameter] | None = None,
) -> Component:
    """Makes `component` the desired one at `key`. Without `revision` it is new.

    `needed_by`: the components that shall depend on it (None leaves them alone). `hide`: credentials that become
    secret parameters. `declare`: parameters to add. Raises SpecError with every fault the edit brings into the whole
    application, and Refused where someone else changed the component since `revision`.
    """
    by.require(application.team, Role.OPERATOR)
    application = lock_application(application)
    before = application.parse_desired_leniently()
    _check_revision(application, key, revision)
    after = _put_component(before, key, component)
    after = after.model_copy(update={"parameters": {**(declare or {}), **after.parameters}})
    if needed_by is not None:
        after = _set_dependants(after, key, frozenset(needed_by))
    after, secrets = _extract_secrets(after, hide, get_set_values(application))
    check_new_faults(before, after)
    write_desired_state(application, after, by)
    held = get_secret_values(application)
    write_secrets(application, {name: item for name, item in secrets.items() if held.get(name) != item})
    row = application.components.get(key=key)
    verb = "added component" if revision is None else "edited component"
    data = [*describe_edits(before, after, of=key), *describe_omitted(application)]
    audit.record(by, verb, row, team=application.team, url=row.get_absolute_url(), data={"said": data})
    return row


def _check_revision(application: Application, key: str, revision: int | None) -> None:
    row = application.components.filter(key=key).first()
    if revision is None:
        if row is not None and row.desired is not None:
            raise OperationRefused(f"A component {key} already exists.", url=row.get_absolute_url())
    elif row is None or row.desired is None:
        raise OperationRefused(f"{key} was removed by somebody else.")
    elif row.revision != revision:
        by = row.changed_by or "Somebody"
        raise OperationRefused(f"{by} changed {key} while you were editing.", url=row.get_absolute_url())


def _put_component(spec: AppSpec, key: str, component: ComponentSpec) -> AppSpec:
    named = {mount.source for mount in component.mounts.values() if mount.kind == "volume" and mount.source}
    volumes = {**spec.volumes, **{name: Volume() for name in named if name not in spec.volumes and "$" not in name}}
    return spec.model_copy(update={"components": {**spec.components, key: component}, "volumes": volumes})


def _set_dependants(spec: AppSpec, key: str, needed_by: frozenset[str]) -> AppSpec:
    components = dict(spec.components)
    for name, other in spec.components.items():
        if name != key and (key in other.depends_on) != (name in needed_by):
            needs = {item: how for item, how in other.depends_on.items() if item != key}
            if name in needed_by:
                needs[key] = Dependency()
            components[name] = other.model_copy(update={"depends_on": needs})
    return spec.model_copy(update={"components": components})


def _extract_secrets(
    spec: AppSpec, hide: Sequence[CredentialFinding], provided: Mapping[str, str]
) -> tuple[AppSpec, dict[str, str]]:
    """A parameter that becomes secret keeps the value that was set for it."""
    values: dict[str, str] = {}
    for finding in hide:
        spec, value = extract_secret(spec, finding.path, finding.name, finding.same)
        values.setdefault(finding.name, provided.get(finding.name, value) if finding.is_parameter else value)
    return spec, values
