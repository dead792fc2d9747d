"""Base class of the commands that plan and run operations."""

from __future__ import annotations

import sys
from typing import Any, override

from apps_app.models import Application
from apps_app.presenters.preflight_messages import describe_issue
from config.commands import DONE, REFUSED, TO_DO, CommandFailed, CommandOutcome, UpliftCommand
from templates_app.models import TemplateVersion
from upgrades_app.actions import preflight_plan
from upgrades_app.actions.build_plan import PlanProposal
from upgrades_app.commands.follow_run import run_and_follow
from upgrades_app.commands.options import UpgradeOptions
from upgrades_app.commands.plan_output import (
    build_plan_data,
    build_record_data,
    describe_failure,
    get_partial_version,
    list_plan_lines,
)
from upgrades_app.commands.planning import (
    PlanningStopped,
    build_proposal_with_options,
    check_confirmable,
    check_digest,
    save_and_confirm,
)
from upgrades_app.commands.port_options import format_port_option
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.preflight_panel import describe_conflict
from upgrades_app.queries.port_conflicts import load_plan_conflicts


class UpgradeCommand(UpliftCommand):
    """Show the plan, ask for confirmation, run it and print the result. Subclasses implement `run_command`."""

    options: UpgradeOptions

    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        """Run the command. Raises OperationRefused or CommandFailed."""
        raise NotImplementedError

    @override
    def work(self, *args: Any, **options: Any) -> CommandOutcome:
        self.options = UpgradeOptions.from_arguments(options)
        try:
            return self.run_command(options)
        except PlanningStopped as stopped:
            if not self.json:
                raise
            refusal = {"ok": False, "error": stopped.sentence, "faults": list(stopped.faults)}
            return CommandOutcome(data={**refusal, "plan": build_plan_data(stopped.plan)}, code=REFUSED)

    def run_operation(
        self, application: Application, kind: OperationKind, to: TemplateVersion | None, question: str
    ) -> CommandOutcome:
        """Plan, confirm and run an operation; `to` is None to uninstall."""
        proposal = build_proposal_with_options(application, kind, to, self.options)
        self.options.check_all_used(proposal.plan)
        finished = self.show_plan(proposal, application.slug, question)
        return finished or self.run_record(save_and_confirm(proposal, self.actor, self.options))

    def show_plan(self, proposal: PlanProposal, application: str, question: str) -> CommandOutcome | None:
        """Print the plan and ask for confirmation. Return None if confirmed. Raises PlanningStopped."""
        plan = proposal.plan
        for line in list_plan_lines(plan):
            self.say(line)
        check_digest(plan, self.options.digest)
        check_confirmable(plan, application)
        data = {"application": application, "plan": build_plan_data(plan)}
        if plan.state is PlanState.NOTHING_TO_DO:
            return CommandOutcome(("No changes to apply.",), data, DONE)
        if self.options.dry_run:
            return self.check_dry_run(proposal, application, data)
        if not self.ask_confirmation(question):
            raise PlanningStopped(self.unconfirmed_message, plan)
        return None

    def check_dry_run(self, proposal: PlanProposal, application: str, data: dict[str, Any]) -> CommandOutcome:
        """Run the preflight checks. Raises PlanningStopped if one fails."""
        preflight_result, conflicts = (
            preflight_plan.check_proposal(proposal),
            load_plan_conflicts(proposal.application, proposal.plan),
        )
        port_warnings = (
            " ".join(filter(None, [describe_conflict(conflict), format_port_option(proposal.plan, conflict)]))
            for conflict in conflicts.conflicts
        )
        warnings = [
            *map(describe_issue, preflight_result.warnings),
            *port_warnings,
            *filter(None, [conflicts.unreachable_notice]),
        ]
        for warning in warnings:
            self.say(f"  ! {warning}")
        if preflight_result.errors:
            message = f"Preflight checks failed on {proposal.application.target}. No changes would be made."
            raise PlanningStopped(message, proposal.plan, tuple(map(describe_issue, preflight_result.errors)))
        message = "Dry run: no changes made."
        return CommandOutcome((message,), {**data, "warnings": warnings}, TO_DO)

    def ask_confirmation(self, question: str) -> bool:
        """Return whether the operator confirms, with --yes or on the terminal."""
        if self.options.yes or not self.has_terminal:
            return self.options.yes
        self.stdout.write(f"{question} [y/N] ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    @property
    def has_terminal(self) -> bool:
        return not self.json and sys.stdin.isatty()

    @property
    def unconfirmed_message(self) -> str:
        if self.has_terminal:
            return "Not confirmed. No changes made."
        return "No terminal available. Confirm with --yes."

    def run_record(self, record: UpgradeRecord) -> CommandOutcome:
        """Run a record, or enqueue it with --detach. Raises CommandFailed unless it completed as planned."""
        application = record.subject
        if self.options.detach:
            text = f"Queued: {record.get_absolute_url()}"
            return CommandOutcome((text,), {"application": application.slug, **build_record_data(record)})
        finished = run_and_follow(record, self.progress)
        data = {
            "application": application.slug,
            "partial": get_partial_version(application),
            **build_record_data(finished),
        }
        if not finished.completed_as_planned:
            raise CommandFailed(describe_failure(finished, application), **data)
        return CommandOutcome((f"{application.slug}: {finished.result}",), data)
