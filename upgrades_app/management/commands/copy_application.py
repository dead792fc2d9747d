"""Copies an application, with its template and version or as an independent source."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from django.db import transaction

from apps_app.actions.copy_application import CopyWanted
from apps_app.models import Application, Target
from apps_app.queries.rendered_spec import given_values
from config.accounts.models import Team
from config.commands import TO_DO, Outcome
from config.errors import Refused
from upgrades_app.actions.build_plan import Proposal, Prospect, prospect
from upgrades_app.actions.plan_copy import Copy, plan_copy_as
from upgrades_app.commands.lookup import application_of, target_of
from upgrades_app.commands.options import add_running_switches
from upgrades_app.commands.planning import plan_with, yes_to
from upgrades_app.commands.upgrade_command import RoadCommand
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.forms.ports import proposed
from upgrades_app.queries.port_conflicts import taken_on


class Command(RoadCommand):
    application: Application
    help = "Copy an application: it keeps template and version, so that it can be upgraded. Volumes start empty."
    examples = """
  manage.py copy_application shop-copy --name shop-test --dry-run
  manage.py copy_application shop-copy --name shop-test --target git --new-secrets --free-ports --yes
  manage.py copy_application shop-copy --name shop-next --independent
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="the slug of the application")
        parser.add_argument("--name", required=True, metavar="N", help="the name of the copy")
        parser.add_argument("--target", metavar="T", help="where it runs (default: where the original does)")
        parser.add_argument("--team", metavar="T", help="whose it is (default: the target's team)")
        parser.add_argument("--independent", action="store_true", help="a source of its own, without the template")
        parser.add_argument(
            "--new-secrets", action="store_true", help="generate secrets anew where the document says how"
        )
        parser.add_argument(
            "--free-ports", action="store_true", help="publish at the next free ports what others publish there"
        )
        add_running_switches(parser)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        self.application = application_of(self.actor, options["application"])
        request = self._wanted(options)
        if request.target is None:
            return self._source(request)
        proposal, answers = plan_with(
            lambda message: self._tried(request, message), lambda item: item.plan, self.switches, {}
        )
        ended = self.settled(proposal, request.name, f"Copy {self.application} as {request.name} to {request.target}?")
        if ended is not None:
            return ended
        to_be = self._asked(request)
        with transaction.atomic():
            copy_proposal = self._made(to_be, request, answers)
            if copy_proposal.record is None:
                raise Refused("Something changed meanwhile. Look at the plan again.")
            record = yes_to(copy_proposal.record, self.actor, self.switches, seen=to_be.seen)
        return self.carried_out(record)

    def _wanted(self, options: dict[str, Any]) -> CopyWanted:
        target = self.application.target
        if options["target"]:
            target = target_of(self.actor, options["target"], options["team"])
        elif options["independent"] or options["team"] not in {None, self.application.team.slug}:
            target = None
        team = target.team if target is not None else _team(options["team"]) or self.application.team
        ports = self._free_ports(target) if options["free_ports"] and target is not None else {}
        return CopyWanted(team, options["name"], target, options["independent"], options["new_secrets"], ports)

    def _free_ports(self, target: Target) -> dict[str, int]:
        spec, values = self.application.desired_spec(), given_values(self.application)
        return {port.movable.id: port.port for port in proposed(spec, values, taken_on(target))}

    def _source(self, request: CopyWanted) -> Outcome:
        """Tried first, so that a dry run is refused as the copy would be."""
        to_be = self._asked(request)
        with transaction.atomic():
            application = self._made(to_be, request, Answers()).application
            transaction.set_rollback(self.switches.dry_run)
        if self.switches.dry_run:
            text = f"{request.name} would be a source. Nothing was changed: this was a dry run."
            return Outcome((text,), {"application": request.name}, TO_DO)
        return Outcome((f"{application.slug} is a source of its own.",), {"application": application.slug})

    def _tried(self, request: CopyWanted, answers: Answers) -> Proposal:
        """A plan needs its application, which is taken back at once."""
        to_be = self._asked(request)
        with transaction.atomic():
            proposal = self._made(to_be, request, answers).proposal
            transaction.set_rollback(True)
        if proposal is None:
            raise Refused("A copy needs a target to be planned for.")
        return proposal

    def _asked(self, request: CopyWanted) -> Prospect:
        return prospect(self.actor, team=request.team, name=request.name, target=request.target)

    def _made(self, to_be: Prospect, request: CopyWanted, answers: Answers) -> Copy:
        reason = self.switches.reason
        return plan_copy_as(to_be, self.application, self.actor, wanted=request, answers=answers, reason=reason)


def _team(slug: str | None) -> Team | None:
    if slug is None:
        return None
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise Refused(f"There is no team {slug}.")
    return team
