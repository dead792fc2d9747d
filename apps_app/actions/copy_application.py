from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from apps_app.actions.create_application import build_application, save_new_application
from apps_app.models import Application, Component, ComponentOrigin, Installation, Target, Value
from apps_app.models.application import get_definitions
from apps_app.queries.rendered_spec import get_set_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.accounts.sealing.sealed import Secret
from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import to_plain
from templates_app.appspec.secrets.secret_extraction import generate_secret
from templates_app.appspec.validation.explicit_names import make_names_unique
from templates_app.appspec.validation.port_remapping import remap_ports
from templates_app.models import AppTemplate


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """What a copy is called, whose it is and where it runs; without a target it is a source.

    Template, version and origins come along unless `independent`. `new_secrets` generates anew what the document says
    how to generate; all other values are copied. `ports`: other host ports, by the id of what is published
    (`templates_app.spec.moved`).
    """

    team: Team
    name: str
    target: Target | None
    independent: bool = False
    new_secrets: bool = False
    ports: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def copy_application(
    application: Application, by: Actor, *, request: CopyRequest, into: Application | None = None
) -> Application:
    """A new application that wants what this one wants; nothing of it is on a target yet.

    `into` is the new one where it was made already, and is not stored yet. Names that volumes and networks have on the
    target are not copied: they would be shared. Raises OperationRefused where the template is not offered to its team.
    """
    by.require(application.team, Role.OPERATOR)
    installation = None if request.independent else application.get_installation()
    if application.is_install_pending:
        raise OperationRefused(f"{application} is not installed yet. Install it before you copy it.")
    if installation is not None:
        _check_template(installation.template, request)
    created = into or build_application(by, team=request.team, name=request.name, target=request.target)
    save_new_application(created, by)
    spec, values = remap_ports(
        make_names_unique(application.desired_spec()), get_set_values(application), request.ports
    )
    created.definitions_desired = get_definitions(spec)
    created.save(update_fields=["definitions_desired"])
    Component.objects.bulk_create(
        Component(application=created, key=key, desired=to_plain(component), changed_by=by.name)
        for key, component in spec.components.items()
    )
    _copy_values(application, created, spec, new_secrets=request.new_secrets, instead=values)
    if installation is not None:
        _copy_installation(installation, created)
    url, label = created.get_absolute_url(), f"{application} to {created}"
    audit.record(
        by, "copied", created, team=request.team, label=label, url=url, data={"independent": installation is None}
    )
    return Application.objects.with_installation().get(pk=created.pk)


def list_shared_names(spec: AppSpec) -> tuple[str, ...]:
    """What a copy on the same target would use together with the original: external volumes, paths of the host."""
    external = [f"the volume {volume.name or key}" for key, volume in sorted(spec.volumes.items()) if volume.external]
    mounts = (mount for component in spec.components.values() for mount in component.mounts.values())
    paths = {mount.source for mount in mounts if mount.kind == "host" and mount.read_only is not True}
    return (*external, *(f"the path {path} of the host" for path in sorted(paths)))


def _check_template(template: AppTemplate, request: CopyRequest) -> None:
    if request.target is None:
        raise OperationRefused("An upgradable copy needs a target. Choose a target, or copy as an independent source.")
    if template.scope != AppTemplate.Scope.EVERYONE and template.team_id != request.team.pk:
        raise OperationRefused(
            f"The template {template.name} is visible to team {template.team.name} only. "
            "Copy it as an independent source, or make the template visible to everyone."
        )


def _copy_values(
    application: Application, created: Application, spec: AppSpec, *, new_secrets: bool, instead: Mapping[str, str]
) -> None:
    rules: Mapping[str, str] = {
        name: parameter.generate
        for name, parameter in spec.parameters.items()
        if new_secrets and parameter.secret and parameter.generate
    }
    rows = [
        Value(application=created, name=row.name, secret=row.secret, desired=row.desired, source=row.source)
        for row in application.values.desired()
        if row.name in spec.parameters and row.name not in rules and row.name not in instead
    ]
    rows += [
        Value(
            application=created,
            name=name,
            secret=True,
            desired=Secret(generate_secret(rule)),
            source=Value.Source.GENERATED,
        )
        for name, rule in rules.items()
    ]
    rows += [Value(application=created, name=name, desired=Secret(text)) for name, text in instead.items()]
    Value.objects.bulk_create(rows)


def _copy_installation(installation: Installation, application: Application) -> None:
    copied = Installation.objects.create(
        application=application,
        template=installation.template,
        version=installation.version,
        channel=installation.channel,
        ahead=installation.ahead,
    )
    rows = {row.key: row for row in application.components.all()}
    ComponentOrigin.objects.bulk_create(
        ComponentOrigin(
            installation=copied,
            template_key=origin.template_key,
            version_id=origin.version_id,
            component=rows.get(origin.component.key) if origin.component is not None else None,
            state=origin.state,
        )
        for origin in installation.origins.select_related("component")
    )
