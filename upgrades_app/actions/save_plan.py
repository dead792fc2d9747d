"""Save a plan as a planned record."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import JsonTree, to_plain
from templates_app.appspec.secrets.secret_extraction import generate_secret
from upgrades_app.actions.build_plan import PlanProposal
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.value_snapshot import ValueSnapshot
from upgrades_app.presenters.messages import build_fault, describe_question
from upgrades_app.queries.component_origins import OriginsByComponent


@transaction.atomic
def save_plan(
    proposal: PlanProposal,
    by: Actor,
    *,
    digest: str = "",
    reason: str = "",
    policy: str = UpgradeRecord.Policy.ROLL_BACK,
) -> UpgradeRecord:
    """Save a plan as a record. Raises OperationRefused if it is not ready, or differs from `digest`."""
    application, plan, planning_input = proposal.application, proposal.plan, proposal.planning_input
    by.require(application.team, Role.OPERATOR)
    if plan.state is not PlanState.READY:
        raise OperationRefused(
            f"The plan is not ready: {plan.state}.",
            [*(build_fault(blocker) for blocker in plan.blockers), *_describe_open_questions(proposal)],
        )
    if digest and digest != plan.digest:
        raise OperationRefused(f"Plan is out of date: expected {digest}, got {plan.digest}. Review the changes again.")
    installation = application.get_installation()
    return UpgradeRecord.objects.create(
        team=application.team,
        application=application,
        application_label=application.name,
        kind=plan.kind.value,
        template_label=installation.template.name if installation else "",
        from_version=installation.version if installation else None,
        from_label=plan.from_version,
        to_version=proposal.to_version or (installation.version if installation else None),
        to_label=plan.to_version,
        policy=policy,
        reason=reason.strip(),
        choices=planning_input.answers.as_json(),
        plan=plan.as_json(),
        digest=plan.digest,
        fingerprint=plan.fingerprint,
        **_build_sides(proposal),
        created_by=by.user,
        created_by_label=by.name,
    )


class _Sides(TypedDict):
    before: JsonTree
    after: JsonTree
    applied_before: JsonTree | None
    applied_after: JsonTree | None
    origins_before: OriginsByComponent
    origins_after: OriginsByComponent
    values_before: str
    values_after: str


def _build_sides(proposal: PlanProposal) -> _Sides:
    """Build the documents before and after, which a rollback reverts."""
    plan, desired, applied = proposal.plan, proposal.planning_input.desired, proposal.planning_input.applied
    return {
        "before": to_plain(desired.spec),
        "after": to_plain(plan.spec),
        "applied_before": _to_plain_if_different(applied.spec, desired.spec),
        "applied_after": _to_plain_if_different(plan.target_spec, plan.spec),
        "origins_before": proposal.origins_before,
        "origins_after": proposal.origins_after,
        "values_before": build_values_before(proposal).serialize(),
        "values_after": build_values_after(proposal).serialize(),
    }


def _describe_open_questions(proposal: PlanProposal) -> list[str]:
    return [describe_question(question) for question in proposal.plan.open_questions]


def _to_plain_if_different(applied: AppSpec, desired: AppSpec) -> JsonTree | None:
    return None if applied == desired else to_plain(applied)


def build_values_before(proposal: PlanProposal) -> ValueSnapshot:
    """Return the desired and applied values before the plan."""
    return ValueSnapshot.from_sides(proposal.planning_input.desired, proposal.planning_input.applied)


def build_values_after(proposal: PlanProposal) -> ValueSnapshot:
    """Return the values after the plan. Generates new secrets: call it once per saved plan."""
    plan = proposal.plan
    created = {name: generate_secret(rule) for name, rule in plan.generate.items()}
    desired, applied = (
        replace(side, secrets={**side.secrets, **{name: text for name, text in created.items() if name in names}})
        for side, names in (
            (proposal.merge.side, proposal.merge.side.spec.parameters),
            (proposal.merge.target_side, plan.target_spec.parameters),
        )
    )
    return ValueSnapshot.from_sides(desired, applied)
