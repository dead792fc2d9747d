"""Changes what the catalogue says of a template, and whom it is offered to."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.auditing import audit
from config.accounts.models import Role
from config.errors import Refused
from templates_app.forms.logo import digest_of
from templates_app.models import AppTemplate, TemplateLogo
from templates_app.queries.usage import used_by_others


@transaction.atomic
def edit_template(
    template: AppTemplate,
    by: Actor,
    *,
    name: str,
    description: str,
    tags: Sequence[str],
    scope: str,
    logo: bytes | None = None,
) -> AppTemplate:
    """The slug stays. `logo`: an image that `read_logo` made, empty to take it away; None leaves it.

    Raises Refused where it would be taken back from teams that have it installed.
    """
    by.require(template.team, Role.PUBLISHER)
    template = locked_template(template)
    desired = {"name": name.strip(), "description": description.strip(), "tags": list(tags), "scope": scope}
    if not desired["name"]:
        raise Refused("A template needs a name.")
    changed = {field: value for field, value in desired.items() if getattr(template, field) != value}
    if changed.get("scope") == AppTemplate.Scope.TEAM:
        _refuse_taking_back(template)
    if changed:
        before = {field: getattr(template, field) for field in changed}
        for field, value in changed.items():
            setattr(template, field, value)
        template.save(update_fields=list(changed))
        audit.record(by, "edited", template, data={"before": before, "after": changed})
    if logo is not None:
        _set_logo(template, by, logo)
    return template


def _set_logo(template: AppTemplate, by: Actor, image: bytes) -> None:
    digest = digest_of(image) if image else ""
    if digest == template.logo_digest:
        return
    if image:
        TemplateLogo.objects.update_or_create(template=template, defaults={"image": image})
    else:
        TemplateLogo.objects.filter(template=template).delete()
    template.logo_digest = digest
    template.save(update_fields=["logo_digest"])
    audit.record(by, "changed the logo" if image else "removed the logo", template)


def locked_template(template: AppTemplate) -> AppTemplate:
    """The row as it is now, locked until the transaction ends. Raises Refused where it was deleted meanwhile."""
    rows = AppTemplate.objects.select_for_update(of=("self",)).select_related("team")
    result = rows.filter(pk=template.pk).first()
    if result is None:
        raise Refused(f"{template} was deleted meanwhile.")
    return result


def _refuse_taking_back(template: AppTemplate) -> None:
    if teams := used_by_others(template):
        many = "another team has" if teams == 1 else f"{teams} other teams have"
        raise Refused(f"{template} stays offered to every team: {many} it installed.")
