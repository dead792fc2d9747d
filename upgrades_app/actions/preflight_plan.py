"""What a target says to a plan before anybody confirms it: the same questions that the run asks first."""

from __future__ import annotations

from apps_app.drivers.base import DriverError
from config.errors import Refused
from upgrades_app.actions.build_plan import Proposal
from upgrades_app.actions.execute_upgrade import run_of
from upgrades_app.actions.save_plan import given_after, given_before
from upgrades_app.engine.execution.preflight import Findings, findings
from upgrades_app.engine.execution.run import Run
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Unreadable
from upgrades_app.queries.load_planning_input import driver_of


def of_proposal(proposal: Proposal) -> Findings:
    """Of a plan that is not stored. A value that is still to be made up stands in for itself."""
    application = proposal.application
    run = Run(
        plan=proposal.plan,
        salt=application.key_of_digests,
        secrets_before=given_before(proposal).in_effect,
        secrets_after=given_after(proposal).in_effect,
    )
    try:
        return findings(run, driver_of(application), application.placement)
    except (DriverError, Refused) as error:
        return Findings((str(error),))


def of_record(record: UpgradeRecord) -> Findings:
    """Of a planned record."""
    application = record.subject
    try:
        return findings(run_of(record), driver_of(application), application.placement)
    except (DriverError, Refused, Unreadable) as error:
        return Findings((str(error),))
