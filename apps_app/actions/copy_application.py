"""Makes another application out of one: as an installation that can be upgraded, or as a source of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from apps_app.actions.create_application import keep_application, new_application
from apps_app.models import Application, Component, Installation, Origin, Target, Value
from apps_app.models.application import frame_of
from apps_app.queries.rendered_spec import given_values
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role, Team
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.secrets.secret_extraction import generate
from templates_app.appspec.validation.explicit_names import own_names
from templates_app.appspec.validation.port_remapping import moved
from templates_app.models import AppTemplate


@dataclass(frozen=True, slots=True)
class CopyWanted:
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
    application: Application, by: Actor, *, wanted: CopyWanted, into: Application | None = None
) -> Application:
    """A new application that wants what this one wants; nothing of it is on a target yet.

    `into` is the new one where it was made already, and is not stored yet. Names that volumes and networks have on the
    target are not copied: they would be shared. Raises Refused where the template is not offered to its team.
    """
    by.require(application.team, Role.OPERATOR)
    installation = None if wanted.independent else application.installed()
    if application.waits_for_install:
        raise Refused(f"{application} is not installed yet, so there is nothing to copy.")
    if installation is not None:
        _refuse_template(installation.template, wanted)
    created = into or new_application(by, team=wanted.team, name=wanted.name, target=wanted.target)
    keep_application(created, by)
    spec, values = moved(own_names(application.desired_spec()), given_values(application), wanted.ports)
    created.frame_desired = frame_of(spec)
    created.save(update_fields=["frame_desired"])
    Component.objects.bulk_create(
        Component(application=created, key=key, desired=tree(component), changed_by=by.name)
        for key, component in spec.components.items()
    )
    _copy_values(application, created, spec, new_secrets=wanted.new_secrets, instead=values)
    if installation is not None:
        _copy_installation(installation, created)
    url, label = created.get_absolute_url(), f"{application} to {created}"
    audit.record(
        by, "copied", created, team=wanted.team, label=label, url=url, data={"independent": installation is None}
    )
    return Application.objects.with_installation().get(pk=created.pk)


def shared_with(spec: AppSpec) -> tuple[str, ...]:
    """What a copy on the same target would use together with the original: external volumes, paths of the host."""
    external = [f"the volume {volume.name or key}" for key, volume in sorted(spec.volumes.items()) if volume.external]
    mounts = (mount for component in spec.components.values() for mount in component.mounts.values())
    paths = {mount.source for mount in mounts if mount.kind == "host" and mount.read_only is not True}
    return (*external, *(f"the path {path} of the host" for path in sorted(paths)))


def _refuse_template(template: AppTemplate, request: CopyWanted) -> None:
    if request.target is None:
        raise Refused("A copy that can be upgraded needs a target. Without one it is an independent source.")
    if template.scope != AppTemplate.Scope.EVERYONE and template.team_id != request.team.pk:
        raise Refused(
            f"The template {template.name} is offered to team {template.team.name} alone. "
            "Copy it as an independent source, or have the template offered to everyone."
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
        for row in application.values.wanted()
        if row.name in spec.parameters and row.name not in rules and row.name not in instead
    ]
    rows += [
        Value(
            application=created,
            name=name,
            secret=True,
            desired=Secret(generate(rule)),
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
    Origin.objects.bulk_create(
        Origin(
            installation=copied,
            template_key=origin.template_key,
            version_id=origin.version_id,
            component=rows.get(origin.component.key) if origin.component is not None else None,
            state=origin.state,
        )
        for origin in installation.origins.select_related("component")
    )
