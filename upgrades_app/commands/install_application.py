"""A new application out of a version: what would be done, and the doing; nothing is left where it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.errors import Refused
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import Proposal, Prospect, propose_install, prospect
from upgrades_app.actions.plan_install import plan_prospect, try_install
from upgrades_app.actions.save_plan import store
from upgrades_app.commands.options import Switches
from upgrades_app.commands.planning import plan_with, require_this_plan, yes_to
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.load_planning_input import look


@dataclass(frozen=True)
class Install:
    """One version to be installed under a name on a target. `begun`: the application of an install that failed."""

    version: TemplateVersion
    name: str
    target: Target
    by: Actor
    begun: Application | None = None

    def proposal(self, switches: Switches) -> tuple[Proposal, Answers]:
        """The plan with the switches' answers; nothing is created."""
        return plan_with(self._tried, lambda proposal: proposal.plan, switches, self.version.spec.parameters)

    def confirmed(self, plan: Plan, answers: Answers, switches: Switches) -> UpgradeRecord:
        """Planned for real and confirmed, if that is still this plan. The target is asked first. Raises Refused."""
        to_be = self._to_be()
        with transaction.atomic():
            record = self._planned(to_be, answers, switches)
            require_this_plan(record.stored_plan, plan.digest)
            return yes_to(record, self.by, switches, seen=to_be.seen)

    def _to_be(self) -> Prospect:
        if self.begun is not None:
            return Prospect(self.begun, look(self.begun))
        return prospect(self.by, team=self.target.team, name=self.name, target=self.target)

    def _planned(self, to_be: Prospect, answers: Answers, switches: Switches) -> UpgradeRecord:
        if self.begun is not None:
            proposal = propose_install(self.begun, self.version, answers, seen=to_be.seen)
            return store(proposal, self.by, reason=switches.reason)
        return plan_prospect(to_be, self.version, self.by, answers=answers, reason=switches.reason)

    def _tried(self, answers: Answers) -> Proposal:
        if self.begun is not None:
            return propose_install(self.begun, self.version, answers)
        target = self.target
        return try_install(self.version, self.by, team=target.team, name=self.name, target=target, answers=answers)


def begun_before(version: TemplateVersion, name: str, slug: str, target: Target) -> Application | None:
    """The application of that name whose install never ended well, so that the command can be given again.

    Raises Refused where the name is one of an application that is there.
    """
    same = Application.objects.with_installation().filter(team=target.team)
    result = same.filter(slug=slug).first() or same.filter(name=name).first()
    if result is None:
        return None
    installation = result.installed()
    waiting = installation is not None and installation.version is None and not result.components.exists()
    if not waiting or installation is None or installation.template_id != version.template_id:
        raise Refused(f"There is an application {result.slug} already.")
    if result.target_id != target.pk:
        raise Refused(f"The install of {result.slug} was begun on the target {result.target}, not on {target}.")
    return result
