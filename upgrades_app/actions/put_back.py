"""Plan to bring one component back to what was applied, after somebody changed it on the target."""

from __future__ import annotations

from apps_app.models import Application
from config.accounts.actor import Actor
from config.errors import Refused
from upgrades_app.actions.propose import propose
from upgrades_app.actions.store import store
from upgrades_app.engine.question import QuestionKind
from upgrades_app.engine.situation import Answers, Kind
from upgrades_app.models import UpgradeRecord


def put_back(application: Application, by: Actor, key: str) -> UpgradeRecord:
    """The planned change, with everything else that waits. Raises Refused where nothing differs, or more is asked."""
    proposal = propose(application, Kind.CHANGE, None, Answers(drift={key: "put_back"}))
    if not any(one.kind is QuestionKind.DRIFT and one.id == key for one in proposal.plan.questions):
        raise Refused(f"{key} is on the target as it was applied; there is nothing to put back.")
    return store(proposal, by)
