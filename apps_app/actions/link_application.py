"""Declares an application an installation of a released version. Nothing on its target changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps_app.actions.locks import lock
from apps_app.actions.write_desired_state import write_desired
from apps_app.models import Application, Installation, Origin, Value
from apps_app.models.application import frame_of
from apps_app.queries.link_proposal import Choices, Proposal, propose_attachment, refuse_unmatched
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.linking.equivalence import sealed_names
from templates_app.appspec.presentation.text import counted, listed
from templates_app.appspec.schema.serialize import tree
from templates_app.models import TemplateVersion


@transaction.atomic
def attach(
    application: Application, by: Actor, *, version: TemplateVersion, choices: Choices, seen: str = ""
) -> Installation:
    """What differs from the version becomes a local change. `seen`: the digest of the proposal that was looked at.

    Raises Refused where the application is an installation already, where the choices cannot be meant, where nothing
    matches and that was not said to be meant, and where it is not any more what was looked at.
    """
    by.require(application.team, Role.OPERATOR)
    template = version.template
    if not type(template).objects.visible_to(by.user).filter(pk=template.pk).exists():
        raise Refused(f"There is no template {template.slug} that you may see.")
    application = lock(application)
    proposal = propose_attachment(application, version, choices)
    if seen and seen != proposal.digest:
        raise Refused("Something changed since this was compared. Look at it again.")
    refuse_unmatched(proposal)
    _write_documents(application, proposal, by)
    _write_values(application, proposal)
    installation = _install(application, proposal)
    url = application.get_absolute_url()
    audit.record(by, "attached", application, label=f"{application} to {version}", url=url, data=_summary(proposal))
    return installation


def _write_documents(application: Application, proposal: Proposal, by: Actor) -> None:
    """Desired as an edit; applied is told anew, and means what it meant."""
    attached = proposal.attached
    write_desired(application, attached.desired, by)
    for row in application.components.filter(applied__isnull=False):
        row.applied = tree(attached.applied.components[row.key])
        row.save(update_fields=["applied"])
    if application.frame_applied:
        application.frame_applied = frame_of(attached.applied)
        application.save(update_fields=["frame_applied"])


def _write_values(application: Application, proposal: Proposal) -> None:
    """The version's parameters have what was found; the application's own keep theirs while they are used."""
    attached = proposal.attached
    parameters = {**attached.applied.parameters, **attached.desired.parameters}
    sealed = sealed_names(parameters)
    rows = {row.name: row for row in application.values.all()}
    for name in proposal.version.spec.parameters.keys() | (rows.keys() - parameters.keys()):
        secret, applied = (_sealed(held.get(name)) for held in (attached.wanted, attached.applied_values))
        row = rows.get(name) or Value(application=application, name=name)
        if secret is None and applied is None:
            if row.pk is not None:
                row.delete()
            continue
        row.secret, row.desired, row.applied = name in sealed, secret, applied
        row.save()


def _sealed(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _install(application: Application, proposal: Proposal) -> Installation:
    version = proposal.version
    channel = Installation.Channel.ALL if version.prerelease else Installation.Channel.STABLE
    installation = Installation.objects.create(
        application=application, template=version.template, version=version, channel=channel
    )
    rows = {row.key: row for row in application.components.all()}
    Origin.objects.bulk_create(
        Origin(
            installation=installation,
            template_key=match.template_key,
            version=version,
            component=rows.get(match.key),
            state=proposal.state_of(match),
        )
        for match in proposal.matches
    )
    return installation


def _said(proposal: Proposal) -> list[str]:
    lists = (
        ("matched", [match.key for match in proposal.matches if match.found]),
        ("not here", proposal.missing),
        ("its own", proposal.own),
    )
    data = [f"{word}: {listed(keys)}" for word, keys in lists if keys]
    return [*data, counted(proposal.changes, "local change")]


def _summary(proposal: Proposal) -> Mapping[str, Any]:
    """Plain JSON, without any value."""
    return {
        "said": _said(proposal),
        "template": proposal.version.template.slug,
        "version": proposal.version.version,
        "components": {match.template_key: match.key for match in proposal.matches if match.found},
        "missing": {match.template_key: proposal.state_of(match) for match in proposal.matches if not match.found},
        "own": list(proposal.own),
        "local_changes": proposal.changes,
        "values": sorted(proposal.attached.wanted),
    }
