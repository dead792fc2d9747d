"""The base of the commands that go the road: show the plan, ask, confirm, run, say how it ended."""

from __future__ import annotations

import sys
from typing import Any, override

from apps_app.models import Application
from config.commands import DONE, REFUSED, TO_DO, Failed, Outcome, UpliftCommand
from templates_app.models import TemplateVersion
from upgrades_app.actions import preflight_plan
from upgrades_app.actions.build_plan import Proposal
from upgrades_app.commands.follow_run import carry_out
from upgrades_app.commands.options import Switches
from upgrades_app.commands.plan_output import failure, left_partial, plan_data, plan_lines, record_data
from upgrades_app.commands.planning import Stopped, confirmed, propose_with, require_confirmable, require_this_plan
from upgrades_app.commands.port_options import how_to_move
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.port_conflicts import clashes_of


class RoadCommand(UpliftCommand):
    """Subclasses do their part in ``go``; ``switches`` are what the command line said."""

    switches: Switches

    def go(self, options: dict[str, Any]) -> Outcome:
        """The command itself. Raises Refused, or Failed."""
        raise NotImplementedError

    @override
    def work(self, *args: Any, **options: Any) -> Outcome:
        self.switches = Switches.read(options)
        try:
            return self.go(options)
        except Stopped as stopped:
            if not self.json:
                raise
            refusal = {"ok": False, "error": stopped.sentence, "faults": list(stopped.faults)}
            return Outcome(data={**refusal, "plan": plan_data(stopped.plan)}, code=REFUSED)

    def move(self, application: Application, kind: Kind, to: TemplateVersion | None, question: str) -> Outcome:
        """One application to another version, or off its target (`to` None), by what the switches say."""
        proposal = propose_with(application, kind, to, self.switches)
        self.switches.refuse_unasked(proposal.plan)
        ended = self.settled(proposal, application.slug, question)
        return ended or self.carried_out(confirmed(proposal, self.actor, self.switches))

    def settled(self, proposal: Proposal, application: str, question: str) -> Outcome | None:
        """Shows the plan. An outcome where that is all; None once it was confirmed. Raises Stopped."""
        plan = proposal.plan
        for line in plan_lines(plan):
            self.say(line)
        require_this_plan(plan, self.switches.digest)
        require_confirmable(plan, application)
        data = {"application": application, "plan": plan_data(plan)}
        if plan.state is PlanState.NOTHING_TO_DO:
            return Outcome(("Nothing to do.",), data, DONE)
        if self.switches.dry_run:
            return self.dry_run(proposal, application, data)
        if not self.confirms(question):
            raise Stopped(self.unconfirmed, plan)
        return None

    def dry_run(self, proposal: Proposal, application: str, data: dict[str, Any]) -> Outcome:
        """What the target says to the plan. Raises Stopped where it would refuse it."""
        preflight_result, clashes = (
            preflight_plan.of_proposal(proposal),
            clashes_of(proposal.application, proposal.plan),
        )
        used = (
            " ".join(filter(None, [conflict.sentence, how_to_move(proposal.plan, conflict)]))
            for conflict in clashes.found
        )
        warnings = [*preflight_result.warnings, *used, *filter(None, [clashes.unheard])]
        for warning in warnings:
            self.say(f"  ! {warning}")
        if preflight_result.objections:
            message = f"{proposal.application.target} objects: {application} would fail at once, with nothing changed."
            raise Stopped(message, proposal.plan, preflight_result.objections)
        message = "Nothing was changed: this was a dry run."
        return Outcome((message,), {**data, "warnings": warnings}, TO_DO)

    def confirms(self, question: str) -> bool:
        """Whether the operator says yes: by --yes, else on the terminal where there is one."""
        if self.switches.yes or not self.has_terminal:
            return self.switches.yes
        self.stdout.write(f"{question} [y/N] ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    @property
    def has_terminal(self) -> bool:
        return not self.json and sys.stdin.isatty()

    @property
    def unconfirmed(self) -> str:
        if self.has_terminal:
            return "Not confirmed; nothing was changed."
        return "There is no terminal to ask on: confirm with --yes."

    def carried_out(self, record: UpgradeRecord) -> Outcome:
        """To its end in this process, or left to a worker. Raises Failed, also where all was put back."""
        application = record.subject
        if self.switches.detach:
            text = f"Left to a worker: {record.get_absolute_url()}"
            return Outcome((text,), {"application": application.slug, **record_data(record)})
        finished = carry_out(record, self.progress)
        data = {"application": application.slug, "partial": left_partial(application), **record_data(finished)}
        if not finished.went_as_planned:
            raise Failed(failure(finished, application), **data)
        return Outcome((f"{application.slug}: {finished.result}",), data)
