"""Build plans from command options, and confirm them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from templates_app.appspec.schema.model import Parameter
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import PlanProposal, build_proposal
from upgrades_app.actions.confirm import confirm_plan
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.commands.options import UpgradeOptions
from upgrades_app.commands.plan_output import describe_not_ready, list_open_issues
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.load_planning_input import LiveState, read_live_state


class PlanningStopped(OperationRefused):
    """A plan that is not executed, with the reason."""

    def __init__(self, sentence: str, plan: Plan, faults: tuple[str, ...] = ()) -> None:
        self.plan = plan
        super().__init__(sentence, faults)


def plan_with_options[P](
    build: Callable[[Answers], P],
    get_plan: Callable[[P], Plan],
    options: UpgradeOptions,
    parameters: Mapping[str, Parameter],
) -> tuple[P, Answers]:
    """Call `build` until the options answer no further question; an answer may raise new questions."""
    chosen: dict[str, str] = {}
    while True:
        answers = options.build_first_answers(parameters, chosen)
        result = build(answers)
        further = {**chosen, **options.build_answers(get_plan(result))}
        if further == chosen:
            return result, answers
        chosen = further


def build_proposal_with_options(
    application: Application, kind: OperationKind, to: TemplateVersion | None, options: UpgradeOptions
) -> PlanProposal:
    """Build a plan with the answers of the options. Raises OperationRefused."""
    parameters = {**application.desired_spec().parameters}
    if to is not None:
        _check_components_exist(application, to, options)
        parameters |= to.spec.parameters
        options = options.resolve_ports(application.desired_spec(), to.spec)
    proposal, _ = plan_with_options(
        lambda answers: build_proposal(application, kind, to, answers),
        lambda proposal: proposal.plan,
        options,
        parameters,
    )
    return proposal


def check_digest(plan: Plan, digest: str) -> None:
    """Raise PlanningStopped if the plan has another digest."""
    if digest and digest != plan.digest:
        raise PlanningStopped(f"Plan is out of date: expected {digest}, got {plan.digest}. Review the changes.", plan)


def check_confirmable(plan: Plan, application: str) -> None:
    """Raise PlanningStopped if the plan is invalid or has open questions."""
    if plan.state in {PlanState.BLOCKED, PlanState.QUESTIONS_OPEN}:
        raise PlanningStopped(describe_not_ready(plan, application), plan, list_open_issues(plan))


def save_and_confirm(proposal: PlanProposal, by: Actor, options: UpgradeOptions) -> UpgradeRecord:
    """Save and confirm a plan in one transaction."""
    live = read_live_state(proposal.application)
    with transaction.atomic():
        return confirm_record(save_plan(proposal, by, reason=options.reason), by, options, live=live)


def confirm_record(
    record: UpgradeRecord, by: Actor, options: UpgradeOptions, *, live: LiveState | None, is_current: bool = False
) -> UpgradeRecord:
    """Confirm a record, and enqueue it with --detach. `is_current`: built from `live` in this transaction."""
    return confirm_plan(
        record,
        by,
        digest=record.digest,
        policy=options.policy,
        live=live,
        is_current=is_current,
        queued=options.detach,
    )


def _check_components_exist(application: Application, to: TemplateVersion, options: UpgradeOptions) -> None:
    known = set(application.components.values_list("key", flat=True)) | to.spec.components.keys()
    if unknown := sorted((options.only or frozenset()) - known):
        raise OperationRefused(f"Component {', '.join(unknown)} does not exist in {application} or {to}.")
