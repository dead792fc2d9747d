"""Plan to bring one component back to what was applied, after somebody changed it on the target or took it away."""

from __future__ import annotations

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.errors import Refused
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.models import UpgradeRecord


def put_back(application: Application, by: Actor, key: str) -> UpgradeRecord:
    """The planned change, with everything else that waits. Raises Refused where nothing differs, or more is asked."""
    proposal = propose(application, Kind.CHANGE, None, Answers(drift={key: "put_back"}))
    is_requested = any(
        question.kind is QuestionKind.DRIFT and question.id == key for question in proposal.plan.questions
    )
    if not is_requested and not _is_gone(proposal, key):
        raise Refused(f"{key} is on the target as it was applied; there is nothing to put back.")
    return store(proposal, by)


def _is_gone(proposal: Proposal, key: str) -> bool:
    situation = proposal.situation
    observed = (situation.observed or {}).get(key)
    return key in situation.applied.spec.components and (observed is None or not observed.present)
