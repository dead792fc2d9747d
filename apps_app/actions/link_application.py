from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps_app.actions.locks import lock_application
from apps_app.actions.write_desired_state import write_desired_state
from apps_app.models import Application, ComponentOrigin, Installation, Value
from apps_app.models.application import get_definitions
from apps_app.queries.link_proposal import LinkChoices, LinkProposal, check_all_matched, propose_link
from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.accounts.sealing.sealed import Secret
from config.errors import OperationRefused
from templates_app.appspec.linking.equivalence import find_sealed_names
from templates_app.appspec.presentation.text import join_names, pluralize
from templates_app.appspec.schema.serialize import to_plain
from templates_app.models import TemplateVersion


@transaction.atomic
def link_application(
    application: Application, by: Actor, *, version: TemplateVersion, choices: LinkChoices, observed: str = ""
) -> Installation:
    """What differs from the version becomes a local change. `seen`: the digest of the proposal that was looked at.

    Raises OperationRefused where the application is an installation already, where the choices cannot be meant, where nothing
    matches and that was not said to be meant, and where it is not any more what was looked at.
    """
    by.require(application.team, Role.OPERATOR)
    template = version.template
    if not type(template).objects.visible_to(by.user).filter(pk=template.pk).exists():
        raise OperationRefused(f"Template {template.slug} not found.")
    application = lock_application(application)
    proposal = propose_link(application, version, choices)
    if observed and observed != proposal.digest:
        raise OperationRefused("The application changed since the comparison. Review it again.")
    check_all_matched(proposal)
    _write_documents(application, proposal, by)
    _write_values(application, proposal)
    installation = _create_installation(application, proposal)
    url = application.get_absolute_url()
    audit.record(by, "attached", application, label=f"{application} to {version}", url=url, data=_summarize(proposal))
    return installation


def _write_documents(application: Application, proposal: LinkProposal, by: Actor) -> None:
    """Desired as an edit; applied is told anew, and means what it meant."""
    attached = proposal.linked
    write_desired_state(application, attached.desired, by)
    for row in application.components.filter(applied__isnull=False):
        row.applied = to_plain(attached.applied.components[row.key])
        row.save(update_fields=["applied"])
    if application.definitions_applied:
        application.definitions_applied = get_definitions(attached.applied)
        application.save(update_fields=["definitions_applied"])


def _write_values(application: Application, proposal: LinkProposal) -> None:
    """The version's parameters have what was found; the application's own keep theirs while they are used."""
    attached = proposal.linked
    parameters = {**attached.applied.parameters, **attached.desired.parameters}
    sealed = find_sealed_names(parameters)
    rows = {row.name: row for row in application.values.all()}
    for name in proposal.version.spec.parameters.keys() | (rows.keys() - parameters.keys()):
        secret, applied = (_seal(held.get(name)) for held in (attached.desired_values, attached.applied_values))
        row = rows.get(name) or Value(application=application, name=name)
        if secret is None and applied is None:
            if row.pk is not None:
                row.delete()
            continue
        row.secret, row.desired, row.applied = name in sealed, secret, applied
        row.save()


def _seal(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _create_installation(application: Application, proposal: LinkProposal) -> Installation:
    version = proposal.version
    channel = Installation.Channel.ALL if version.prerelease else Installation.Channel.STABLE
    installation = Installation.objects.create(
        application=application, template=version.template, version=version, channel=channel
    )
    rows = {row.key: row for row in application.components.all()}
    ComponentOrigin.objects.bulk_create(
        ComponentOrigin(
            installation=installation,
            template_key=match.template_key,
            version=version,
            component=rows.get(match.key),
            state=proposal.state_of(match),
        )
        for match in proposal.matches
    )
    return installation


def _describe_link(proposal: LinkProposal) -> list[str]:
    lists = (
        ("matched", [match.key for match in proposal.matches if match.is_matched]),
        ("not here", proposal.missing_components),
        ("its own", proposal.own_components),
    )
    data = [f"{word}: {join_names(keys)}" for word, keys in lists if keys]
    return [*data, pluralize(proposal.changes, "local change")]


def _summarize(proposal: LinkProposal) -> Mapping[str, Any]:
    """Plain JSON, without any value."""
    return {
        "said": _describe_link(proposal),
        "template": proposal.version.template.slug,
        "version": proposal.version.version,
        "components": {match.template_key: match.key for match in proposal.matches if match.is_matched},
        "missing": {match.template_key: proposal.state_of(match) for match in proposal.matches if not match.is_matched},
        "own": list(proposal.own_components),
        "local_changes": proposal.changes,
        "values": sorted(proposal.linked.desired_values),
    }
