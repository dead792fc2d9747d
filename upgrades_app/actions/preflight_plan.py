"""Run the preflight checks of a plan before it is confirmed."""

from __future__ import annotations

from apps_app.drivers.base import DriverError
from config.errors import OperationRefused
from upgrades_app.actions.build_plan import PlanProposal
from upgrades_app.actions.execute_upgrade import build_run
from upgrades_app.actions.save_plan import build_values_after, build_values_before
from upgrades_app.engine.execution.preflight import PreflightResult, run_checks
from upgrades_app.engine.execution.run import PlanRun
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import UnreadablePlan
from upgrades_app.queries.load_planning_input import open_driver


def check_proposal(proposal: PlanProposal) -> PreflightResult:
    """Check a plan that is not stored. Values still to be generated are generated for the check only."""
    application = proposal.application
    run = PlanRun(
        plan=proposal.plan,
        salt=application.digest_key,
        secrets_before=build_values_before(proposal).in_effect,
        secrets_after=build_values_after(proposal).in_effect,
    )
    try:
        return run_checks(run, open_driver(application), application.placement)
    except (DriverError, OperationRefused) as error:
        return PreflightResult.from_error(str(error))


def check_record(record: UpgradeRecord) -> PreflightResult:
    """Check the plan of a record."""
    application = record.subject
    try:
        return run_checks(build_run(record), open_driver(application), application.placement)
    except (DriverError, OperationRefused, UnreadablePlan) as error:
        return PreflightResult.from_error(str(error))
