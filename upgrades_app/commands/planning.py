"""From switches to a plan that is ready, and from there to a confirmed record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction

from apps_app.models import Application
from config.accounts.access.actor import Actor
from config.errors import Refused
from templates_app.appspec.schema.model import Parameter
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.save_plan import store
from upgrades_app.commands.options import Switches
from upgrades_app.commands.plan_output import not_ready, why_not
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.load_planning_input import Seen, look


class Stopped(Refused):
    """A plan that is not run, and why."""

    def __init__(self, sentence: str, plan: Plan, faults: tuple[str, ...] = ()) -> None:
        self.plan = plan
        super().__init__(sentence, faults)


def plan_with[P](
    make: Callable[[Answers], P], plan_of: Callable[[P], Plan], switches: Switches, parameters: Mapping[str, Parameter]
) -> tuple[P, Answers]:
    """What `make` makes once the switches have answered what they answer; an answer may bring up the next question."""
    chosen: dict[str, str] = {}
    while True:
        answers = switches.first_answers(parameters, chosen)
        p = make(answers)
        further = {**chosen, **switches.choices(plan_of(p))}
        if further == chosen:
            return p, answers
        chosen = further


def propose_with(application: Application, kind: Kind, to: TemplateVersion | None, switches: Switches) -> Proposal:
    """The proposal with the switches' answers. Raises Refused."""
    parameters = {**application.desired_spec().parameters}
    if to is not None:
        _refuse_unknown_components(application, to, switches)
        parameters |= to.spec.parameters
        switches = switches.with_ports_of(application.desired_spec(), to.spec)
    proposal, _ = plan_with(
        lambda answers: propose(application, kind, to, answers), lambda item: item.plan, switches, parameters
    )
    return proposal


def require_this_plan(plan: Plan, digest: str) -> None:
    """Raises Stopped when another plan was asked for."""
    if digest and digest != plan.digest:
        raise Stopped(f"The plan is another one now: {plan.digest}, not {digest}. Look at it again.", plan)


def require_confirmable(plan: Plan, application: str) -> None:
    """Raises Stopped while a question is open, and where the whole does not hold together."""
    if plan.state in {PlanState.BLOCKED, PlanState.QUESTIONS_OPEN}:
        raise Stopped(not_ready(plan, application), plan, why_not(plan))


def confirmed(proposal: Proposal, by: Actor, switches: Switches) -> UpgradeRecord:
    """Stored and confirmed at once: where that is refused, no record is left. The target is asked before that."""
    live_state = look(proposal.application)
    with transaction.atomic():
        return yes_to(store(proposal, by, reason=switches.reason), by, switches, seen=live_state)


def yes_to(record: UpgradeRecord, by: Actor, switches: Switches, *, seen: Seen | None) -> UpgradeRecord:
    """Confirmed, and given to the workers where it is to run detached. For use inside a transaction, so with what the
    target showed before it."""
    return confirm(record, by, digest=record.digest, policy=switches.policy, seen=seen, queued=switches.detach)


def _refuse_unknown_components(application: Application, to: TemplateVersion, switches: Switches) -> None:
    known = set(application.components.values_list("key", flat=True)) | to.spec.components.keys()
    if unknown := sorted((switches.only or frozenset()) - known):
        raise Refused(f"There is no component {', '.join(unknown)} in {application} or in {to}.")
