"""An application that is still to be made, and what its target shows of it: asked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from apps_app.actions.create_application import new_application
from apps_app.models import Application, Target
from config.accounts.actor import Actor
from config.accounts.models import Team
from upgrades_app.situate import Seen, look


@dataclass(frozen=True, slots=True)
class Prospect:
    """`application` is not stored yet; `seen` is None where it has no target."""

    application: Application
    seen: Seen | None


def prospect(
    by: Actor, *, team: Team, name: str, target: Target | None, instead_of: Application | None = None
) -> Prospect:
    """Asks the target, so never inside a transaction. Raises Refused."""
    application = new_application(by, team=team, name=name, target=target, instead_of=instead_of)
    return Prospect(application, None if target is None else look(application))
