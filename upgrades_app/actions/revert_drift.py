"""Plan to restore a drifted or missing component to its last applied state."""

from __future__ import annotations

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from upgrades_app.actions.build_plan import PlanProposal, build_proposal
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.models import UpgradeRecord


def plan_drift_revert(application: Application, by: Actor, key: str) -> UpgradeRecord:
    """Plan the revert together with all pending changes. Raises OperationRefused if nothing differs."""
    proposal = build_proposal(application, OperationKind.CHANGE, None, Answers(drift={key: "revert"}))
    has_drifted = any(
        question.kind is QuestionKind.DRIFT and question.id == key for question in proposal.plan.questions
    )
    if not has_drifted and not _is_missing(proposal, key):
        raise OperationRefused(f"{key} has no drift to revert.")
    return save_plan(proposal, by)


def _is_missing(proposal: PlanProposal, key: str) -> bool:
    planning_input = proposal.planning_input
    observed = (planning_input.observed or {}).get(key)
    return key in planning_input.applied.spec.components and (observed is None or not observed.present)
