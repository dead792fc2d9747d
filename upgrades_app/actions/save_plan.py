"""Keep a proposal as a planned record, for its operator to confirm."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from django.db import transaction

from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import Tree, tree
from templates_app.appspec.secrets.secret_extraction import generate
from upgrades_app.actions.build_plan import Proposal
from upgrades_app.engine.planning.merge_sides import combine
from upgrades_app.engine.planning.plan import PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.value_snapshot import Given
from upgrades_app.queries.component_origins import Origins


@transaction.atomic
def store(
    proposal: Proposal,
    by: Actor,
    *,
    digest: str = "",
    reason: str = "",
    policy: str = UpgradeRecord.Policy.ROLL_BACK,
) -> UpgradeRecord:
    """The planned record. With `digest`, only of that very plan. Raises Refused for a plan that is not ready."""
    application, plan, situation = proposal.application, proposal.plan, proposal.situation
    by.require(application.team, Role.OPERATOR)
    if plan.state is not PlanState.READY:
        raise Refused(
            f"This cannot be confirmed yet: {plan.state}.",
            [*(blocker.fault for blocker in plan.blockers), *_open(proposal)],
        )
    if digest and digest != plan.digest:
        raise Refused(f"The plan is another one now: {plan.digest}, not {digest}. Look at it again.")
    installation = application.installed()
    return UpgradeRecord.objects.create(
        team=application.team,
        application=application,
        application_label=application.name,
        kind=plan.kind.value,
        template_label=installation.template.name if installation else "",
        from_version=installation.version if installation else None,
        from_label=plan.from_version,
        to_version=proposal.to or (installation.version if installation else None),
        to_label=plan.to_version,
        policy=policy,
        reason=reason.strip(),
        choices=situation.answers.as_json(),
        plan=plan.as_json(),
        digest=plan.digest,
        fingerprint=plan.fingerprint,
        **_sides(proposal),
        created_by=by.user,
        created_by_label=by.name,
    )


class _Sides(TypedDict):
    before: Tree
    after: Tree
    applied_before: Tree | None
    applied_after: Tree | None
    origins_before: Origins
    origins_after: Origins
    values_before: str
    values_after: str


def _sides(proposal: Proposal) -> _Sides:
    """What was and what will be, so that it can be gone back over."""
    plan, desired, applied = proposal.plan, proposal.situation.desired, proposal.situation.applied
    return {
        "before": tree(desired.spec),
        "after": tree(plan.spec),
        "applied_before": _where_else(applied.spec, desired.spec),
        "applied_after": _where_else(plan.there, plan.spec),
        "origins_before": proposal.origins_before,
        "origins_after": proposal.origins_after,
        "values_before": given_before(proposal).write(),
        "values_after": given_after(proposal).write(),
    }


def _open(proposal: Proposal) -> list[str]:
    return [question.sentence for question in proposal.plan.open_questions]


def _where_else(applied: AppSpec, desired: AppSpec) -> Tree | None:
    return None if applied == desired else tree(applied)


def given_before(proposal: Proposal) -> Given:
    """What was set before, as it is wanted and as it is applied."""
    return Given.of(proposal.situation.desired, proposal.situation.applied)


def given_after(proposal: Proposal) -> Given:
    """With what has to be made up, once and never again."""
    plan = proposal.plan
    created = {name: generate(rule) for name, rule in plan.generate.items()}
    combined = combine(proposal.situation)
    desired, applied = (
        replace(side, secrets={**side.secrets, **{name: text for name, text in created.items() if name in names}})
        for side, names in ((combined.side, combined.side.spec.parameters), (combined.there, plan.there.parameters))
    )
    return Given.of(desired, applied)
