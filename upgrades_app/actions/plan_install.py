"""Plan the install of a released version as a new application."""

from __future__ import annotations

from django.db import transaction

from apps_app.actions.create_application import save_new_application
from apps_app.models import Installation, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import (
    PlanProposal,
    UnsavedApplication,
    build_install_proposal,
    prepare_application,
)
from upgrades_app.actions.discard import deletes_application, discard_plan
from upgrades_app.actions.save_plan import save_plan
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
    replaces: UpgradeRecord | None = None,
) -> UpgradeRecord:
    """Plan an install and return its record. `replaces` is an earlier plan to discard.

    Reads the target before writing. Raises OperationRefused, without any change, if the plan is not ready.
    """
    replaced = replaces.application if replaces is not None and deletes_application(replaces) else None
    to_be = prepare_application(by, team=team, name=name, target=target, replaces=replaced)
    return plan_prepared_install(to_be, version, by, answers=answers or Answers(), reason=reason, replaces=replaces)


@transaction.atomic
def plan_prepared_install(
    to_be: UnsavedApplication,
    version: TemplateVersion,
    by: Actor,
    *,
    answers: Answers,
    reason: str = "",
    replaces: UpgradeRecord | None = None,
) -> UpgradeRecord:
    """Like `plan_install`, for an application whose target has been read."""
    if replaces is not None:
        discard_plan(replaces, by)
    return save_plan(_build_proposal(to_be, version, by, answers), by, reason=reason)


def preview_install(
    version: TemplateVersion, by: Actor, *, team: Team, name: str, target: Target, answers: Answers
) -> PlanProposal:
    """Build the plan only; the application it needs is rolled back. Raises OperationRefused."""
    to_be = prepare_application(by, team=team, name=name, target=target)
    with transaction.atomic():
        proposal = _build_proposal(to_be, version, by, answers)
        transaction.set_rollback(True)
    return proposal


def _build_proposal(to_be: UnsavedApplication, version: TemplateVersion, by: Actor, answers: Answers) -> PlanProposal:
    template = version.template
    if not type(template).objects.visible_to(by.user).filter(pk=template.pk).exists():
        raise OperationRefused(f"Template {template.slug} does not exist.")
    application = save_new_application(to_be.application, by)
    Installation.objects.create(application=application, template=template)
    return build_install_proposal(application, version, answers, live=to_be.live)
