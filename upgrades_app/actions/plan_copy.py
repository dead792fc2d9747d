"""Copy an application, and plan what brings the copy to its target; like any plan it runs once it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps_app.actions.copy_application import CopyWanted, copy_application
from apps_app.models import Application
from config.accounts.access.actor import Actor
from upgrades_app.actions.build_plan import Proposal, Prospect, propose_change, prospect
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.models import UpgradeRecord


@dataclass(frozen=True, slots=True)
class Copy:
    """The new application, and its planned record where nothing has to be answered first."""

    application: Application
    proposal: Proposal | None = None
    record: UpgradeRecord | None = None


def plan_copy(
    application: Application, by: Actor, *, wanted: CopyWanted, answers: Answers | None = None, reason: str = ""
) -> Copy:
    """The copy with what it would take. Without a target nothing is planned: it is a source. Raises Refused."""
    to_be = prospect(by, team=wanted.team, name=wanted.name, target=wanted.target)
    return plan_copy_as(to_be, application, by, wanted=wanted, answers=answers or Answers(), reason=reason)


@transaction.atomic
def plan_copy_as(
    to_be: Prospect,
    application: Application,
    by: Actor,
    *,
    wanted: CopyWanted,
    answers: Answers,
    reason: str = "",
) -> Copy:
    """The same for a copy whose target was asked already."""
    created = copy_application(application, by, wanted=wanted, into=to_be.application)
    if wanted.target is None:
        return Copy(created)
    proposal = propose_change(created, answers, seen=to_be.seen)
    if proposal.plan.state is not PlanState.READY:
        return Copy(created, proposal)
    return Copy(created, proposal, store(proposal, by, reason=reason or f"A copy of {application.name}."))
