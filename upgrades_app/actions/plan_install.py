"""Plan a new application from a released version; like any plan it runs once it is confirmed."""

from __future__ import annotations

from django.db import transaction

from apps_app.actions.create_application import keep_application
from apps_app.models import Installation, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from config.errors import Refused
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import Proposal, Prospect, propose_install, prospect
from upgrades_app.actions.discard import discard, takes_along
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.models import UpgradeRecord


def plan_install(
    version: TemplateVersion,
    by: Actor,
    *,
    team: Team,
    name: str,
    target: Target,
    answers: Answers | None = None,
    reason: str = "",
    instead_of: UpgradeRecord | None = None,
) -> UpgradeRecord:
    """The planned record of the install. `instead_of` is a plan that this one takes the place of.

    The target is asked before anything is written. Raises Refused, with nothing created, where the plan is not ready.
    """
    freed = instead_of.application if instead_of is not None and takes_along(instead_of) else None
    to_be = prospect(by, team=team, name=name, target=target, instead_of=freed)
    return plan_prospect(to_be, version, by, answers=answers or Answers(), reason=reason, instead_of=instead_of)


@transaction.atomic
def plan_prospect(
    to_be: Prospect,
    version: TemplateVersion,
    by: Actor,
    *,
    answers: Answers,
    reason: str = "",
    instead_of: UpgradeRecord | None = None,
) -> UpgradeRecord:
    """The same for an application whose target was asked already."""
    if instead_of is not None:
        discard(instead_of, by)
    return store(_proposed(to_be, version, by, answers), by, reason=reason)


def try_install(
    version: TemplateVersion, by: Actor, *, team: Team, name: str, target: Target, answers: Answers
) -> Proposal:
    """The plan alone: it needs its application, which is taken back at once. Raises Refused."""
    to_be = prospect(by, team=team, name=name, target=target)
    with transaction.atomic():
        proposal = _proposed(to_be, version, by, answers)
        transaction.set_rollback(True)
    return proposal


def _proposed(to_be: Prospect, version: TemplateVersion, by: Actor, answers: Answers) -> Proposal:
    template = version.template
    if not type(template).objects.visible_to(by.user).filter(pk=template.pk).exists():
        raise Refused(f"There is no template {template.slug} that you may see.")
    application = keep_application(to_be.application, by)
    Installation.objects.create(application=application, template=template)
    return propose_install(application, version, answers, seen=to_be.seen)
