"""Plan and run the install of a version as a new application."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import (
    PlanProposal,
    UnsavedApplication,
    build_install_proposal,
    prepare_application,
)
from upgrades_app.actions.plan_install import plan_prepared_install, preview_install
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.commands.options import UpgradeOptions
from upgrades_app.commands.planning import check_digest, confirm_record, plan_with_options
from upgrades_app.engine.inputs.planning_input import Answers
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.load_planning_input import read_live_state


@dataclass(frozen=True)
class InstallRun:
    """Install of a version on a target. `unfinished` is the application of an earlier, unfinished install."""

    version: TemplateVersion
    name: str
    target: Target
    by: Actor
    unfinished: Application | None = None

    def build_proposal(self, options: UpgradeOptions) -> tuple[PlanProposal, Answers]:
        """Build the plan with the given options; nothing is stored."""
        return plan_with_options(
            self._try_install, lambda proposal: proposal.plan, options, self.version.spec.parameters
        )

    def confirm(self, plan: Plan, answers: Answers, options: UpgradeOptions) -> UpgradeRecord:
        """Save and confirm the plan if it has not changed. Raises OperationRefused."""
        to_be = self._build_unsaved()
        with transaction.atomic():
            record = self._save_plan(to_be, answers, options)
            check_digest(record.stored_plan, plan.digest)
            return confirm_record(record, self.by, options, live=to_be.live, is_current=True)

    def _build_unsaved(self) -> UnsavedApplication:
        if self.unfinished is not None:
            return UnsavedApplication(self.unfinished, read_live_state(self.unfinished))
        return prepare_application(self.by, team=self.target.team, name=self.name, target=self.target)

    def _save_plan(self, to_be: UnsavedApplication, answers: Answers, options: UpgradeOptions) -> UpgradeRecord:
        if self.unfinished is not None:
            proposal = build_install_proposal(self.unfinished, self.version, answers, live=to_be.live)
            return save_plan(proposal, self.by, reason=options.reason)
        return plan_prepared_install(to_be, self.version, self.by, answers=answers, reason=options.reason)

    def _try_install(self, answers: Answers) -> PlanProposal:
        if self.unfinished is not None:
            return build_install_proposal(self.unfinished, self.version, answers)
        target = self.target
        return preview_install(self.version, self.by, team=target.team, name=self.name, target=target, answers=answers)


def find_unfinished_install(version: TemplateVersion, name: str, slug: str, target: Target) -> Application | None:
    """Return the application of an unfinished install with that name, to repeat the install.

    Raises OperationRefused if another application has that name.
    """
    applications = Application.objects.with_installation().filter(team=target.team)
    application = applications.filter(slug=slug).first() or applications.filter(name=name).first()
    if application is None:
        return None
    installation = application.get_installation()
    is_unfinished = installation is not None and installation.version is None and not application.components.exists()
    if not is_unfinished or installation is None or installation.template_id != version.template_id:
        raise OperationRefused(f"Application {application.slug} already exists.")
    if application.target_id != target.pk:
        raise OperationRefused(
            f"{application.slug} has an unfinished install on target {application.target}, not on {target}."
        )
    return application
