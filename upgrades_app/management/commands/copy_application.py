from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, override

from django.db import transaction

from apps_app.actions.copy_application import CopyRequest
from apps_app.models import Application, Target
from apps_app.queries.rendered_spec import get_set_values
from config.accounts.models import Team
from config.commands import TO_DO, CommandOutcome
from config.errors import OperationRefused
from upgrades_app.actions.build_plan import PlanProposal, UnsavedApplication, prepare_application
from upgrades_app.actions.plan_copy import CopyProposal, plan_prepared_copy
from upgrades_app.commands.lookup import get_application, get_target
from upgrades_app.commands.options import add_run_options
from upgrades_app.commands.planning import confirm_record, plan_with_options
from upgrades_app.commands.upgrade_command import UpgradeCommand
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.forms.ports import propose_ports
from upgrades_app.queries.port_conflicts import load_port_allocation


class Command(UpgradeCommand):
    application: Application
    help = "Copy an application with its template and version. Volumes start empty."
    examples = """
  manage.py copy_application shop-copy --name shop-test --dry-run
  manage.py copy_application shop-copy --name shop-test --target git --new-secrets --free-ports --yes
  manage.py copy_application shop-copy --name shop-next --independent
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", metavar="APP", help="application slug")
        parser.add_argument("--name", required=True, metavar="N", help="name of the copy")
        parser.add_argument("--target", metavar="T", help="target (default: target of the original)")
        parser.add_argument("--team", metavar="T", help="team (default: team of the target)")
        parser.add_argument("--independent", action="store_true", help="do not link the copy to the template")
        parser.add_argument("--new-secrets", action="store_true", help="generate new secrets where possible")
        parser.add_argument(
            "--free-ports", action="store_true", help="use the next available host ports in case of conflicts"
        )
        add_run_options(parser)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        self.application = get_application(self.actor, options["application"])
        request = self._build_request(options)
        if request.target is None:
            return self._copy_source(request)
        proposal, answers = plan_with_options(
            lambda answers: self._try_copy(request, answers), lambda proposal: proposal.plan, self.options, {}
        )
        outcome = self.show_plan(
            proposal, request.name, f"Copy {self.application} as {request.name} to {request.target}?"
        )
        if outcome is not None:
            return outcome
        to_be = self._prepare(request)
        with transaction.atomic():
            copy_proposal = self._create_copy(to_be, request, answers)
            if copy_proposal.record is None:
                raise OperationRefused("Plan is out of date. Review the changes and try again.")
            record = confirm_record(copy_proposal.record, self.actor, self.options, live=to_be.live, is_current=True)
        return self.run_record(record)

    def _build_request(self, options: dict[str, Any]) -> CopyRequest:
        target = self.application.target
        if options["target"]:
            target = get_target(self.actor, options["target"], options["team"])
        elif options["independent"] or options["team"] not in {None, self.application.team.slug}:
            target = None
        team = target.team if target is not None else _get_team(options["team"]) or self.application.team
        ports = self._find_free_ports(target) if options["free_ports"] and target is not None else {}
        return CopyRequest(team, options["name"], target, options["independent"], options["new_secrets"], ports)

    def _find_free_ports(self, target: Target) -> dict[str, int]:
        spec, values = self.application.desired_spec(), get_set_values(self.application)
        return {port.remappable.id: port.port for port in propose_ports(spec, values, load_port_allocation(target))}

    def _copy_source(self, request: CopyRequest) -> CommandOutcome:
        """Create the copy without a target; a dry run rolls it back."""
        to_be = self._prepare(request)
        with transaction.atomic():
            application = self._create_copy(to_be, request, Answers()).application
            transaction.set_rollback(self.options.dry_run)
        if self.options.dry_run:
            text = f"{request.name} would be created as a source. Dry run: no changes made."
            return CommandOutcome((text,), {"application": request.name}, TO_DO)
        return CommandOutcome((f"{application.slug} created as a source.",), {"application": application.slug})

    def _try_copy(self, request: CopyRequest, answers: Answers) -> PlanProposal:
        """Build the plan; the application it needs is rolled back."""
        to_be = self._prepare(request)
        with transaction.atomic():
            proposal = self._create_copy(to_be, request, answers).proposal
            transaction.set_rollback(True)
        if proposal is None:
            raise OperationRefused("The copy needs a target.")
        return proposal

    def _prepare(self, request: CopyRequest) -> UnsavedApplication:
        return prepare_application(self.actor, team=request.team, name=request.name, target=request.target)

    def _create_copy(self, to_be: UnsavedApplication, request: CopyRequest, answers: Answers) -> CopyProposal:
        reason = self.options.reason
        return plan_prepared_copy(
            to_be, self.application, self.actor, copy_request=request, answers=answers, reason=reason
        )


def _get_team(slug: str | None) -> Team | None:
    if slug is None:
        return None
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise OperationRefused(f"Team {slug} does not exist.")
    return team
