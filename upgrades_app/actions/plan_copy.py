"""Copy an application and plan the deployment of the copy."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps_app.actions.copy_application import CopyRequest, copy_application
from apps_app.models import Application
from config.accounts.access.actor import Actor
from upgrades_app.actions.build_plan import PlanProposal, UnsavedApplication, build_change_proposal, prepare_application
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.models import UpgradeRecord


@dataclass(frozen=True, slots=True)
class CopyProposal:
    """The new application with its plan; `record` is set if no question is open."""

    application: Application
    proposal: PlanProposal | None = None
    record: UpgradeRecord | None = None


def plan_copy(
    application: Application, by: Actor, *, copy_request: CopyRequest, answers: Answers | None = None, reason: str = ""
) -> CopyProposal:
    """Copy an application and plan its deployment; nothing is planned without a target. Raises OperationRefused."""
    to_be = prepare_application(by, team=copy_request.team, name=copy_request.name, target=copy_request.target)
    return plan_prepared_copy(
        to_be, application, by, copy_request=copy_request, answers=answers or Answers(), reason=reason
    )


@transaction.atomic
def plan_prepared_copy(
    to_be: UnsavedApplication,
    application: Application,
    by: Actor,
    *,
    copy_request: CopyRequest,
    answers: Answers,
    reason: str = "",
) -> CopyProposal:
    """Like `plan_copy`, for an application whose target has been read."""
    created = copy_application(application, by, request=copy_request, into=to_be.application)
    if copy_request.target is None:
        return CopyProposal(created)
    proposal = build_change_proposal(created, answers, live=to_be.live)
    if proposal.plan.state is not PlanState.READY:
        return CopyProposal(created, proposal)
    return CopyProposal(created, proposal, save_plan(proposal, by, reason=reason or f"Copy of {application.name}."))
