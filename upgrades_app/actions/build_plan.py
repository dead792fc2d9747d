"""Build plans for every kind of operation. Nothing is stored or changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps_app.actions.create_application import build_application
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from config.errors import OperationRefused
from templates_app.appspec.schema.serialize import to_canonical_json
from templates_app.models import TemplateVersion
from upgrades_app.engine.execution.resulting_state import fold_records
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.planner import plan_operation
from upgrades_app.engine.planning.merge_sides import MergeResult
from upgrades_app.engine.planning.plan import ComponentOutcome, Plan
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.component_keys import rename_to_installed_keys
from upgrades_app.queries.component_origins import OriginsByComponent, compute_origins_after, load_origins
from upgrades_app.queries.load_planning_input import (
    LiveState,
    get_applied_side,
    get_desired_side,
    load_base_spec,
    read_live_state,
)
from upgrades_app.queries.rollback_targets import get_rollback_target


@dataclass(frozen=True, slots=True)
class PlanProposal:
    """A plan with its input and the component origins before and after."""

    application: Application
    planning_input: PlanningInput
    plan: Plan
    merge: MergeResult
    to_version: TemplateVersion | None
    origins_before: OriginsByComponent
    origins_after: OriginsByComponent


def build_proposal(
    application: Application,
    kind: OperationKind,
    to: TemplateVersion | None,
    answers: Answers,
    *,
    live: LiveState | None = None,
) -> PlanProposal:
    """Build the plan of an operation. Reads the target unless `live` is passed. Raises OperationRefused."""
    match kind:
        case OperationKind.CHANGE:
            return build_change_proposal(application, answers, live=live)
        case OperationKind.UNINSTALL:
            return build_uninstall_proposal(application, answers, live=live)
        case _ if to is None:
            raise OperationRefused("Choose a template version.")
        case OperationKind.INSTALL:
            return build_install_proposal(application, to, answers, live=live)
        case OperationKind.UPGRADE:
            return build_upgrade_proposal(application, to, answers, live=live)
        case OperationKind.ROLLBACK:
            return build_rollback_proposal(application, to, answers, live=live)


def build_install_proposal(
    application: Application, to: TemplateVersion, answers: Answers, *, live: LiveState | None = None
) -> PlanProposal:
    _check_released(to)
    planning_input = _load_input(application, OperationKind.INSTALL, to, answers, live)
    return _build_proposal(application, replace(planning_input, theirs=SpecSide(to.spec)), to)


def build_upgrade_proposal(
    application: Application, to: TemplateVersion, answers: Answers, *, live: LiveState | None = None
) -> PlanProposal:
    """Three-way merge the version into the desired state, with each component's origin version as the base."""
    installation = application.get_installation()
    if installation is None or installation.version is None:
        raise OperationRefused(f"{application} is not installed from a template and cannot be upgraded.")
    if to.template_id != installation.template_id:
        raise OperationRefused(f"{to} is not a version of {installation.template}.")
    _check_released(to)
    if to.sort_key < installation.version.sort_key:
        raise OperationRefused(f"{to.version} is older than {installation.version.version}. Roll back instead.")
    planning_input = _load_input(application, OperationKind.UPGRADE, to, answers, live)
    base, theirs = SpecSide(load_base_spec(installation)), SpecSide(rename_to_installed_keys(installation, to))
    return _build_proposal(application, replace(planning_input, base=base, theirs=theirs), to)


def build_rollback_proposal(
    application: Application, to: TemplateVersion, answers: Answers, *, live: LiveState | None = None
) -> PlanProposal:
    """Revert the changes of all records since the application was at that version; keep other edits."""
    target = get_rollback_target(application, to)
    if target is None:
        raise OperationRefused(f"{application} cannot roll back to {to.version}: no record shows it at that version.")
    planning_input = _load_input(application, OperationKind.ROLLBACK, to, answers, live)
    proposal = _build_proposal(application, _add_rollback_sides(planning_input, target.records), to)
    return replace(proposal, origins_after=_fold_origins(proposal, target.oldest_record.origins_before))


def build_change_proposal(application: Application, answers: Answers, *, live: LiveState | None = None) -> PlanProposal:
    """Apply the pending changes."""
    return _build_proposal(application, _load_input(application, OperationKind.CHANGE, None, answers, live), None)


def build_uninstall_proposal(
    application: Application, answers: Answers, *, live: LiveState | None = None
) -> PlanProposal:
    """Remove everything from the target; the desired state remains."""
    if not application.was_ever_applied():
        raise OperationRefused(f"{application} is not deployed. There is nothing to uninstall.")
    return _build_proposal(application, _load_input(application, OperationKind.UNINSTALL, None, answers, live), None)


def _add_rollback_sides(planning_input: PlanningInput, records: Sequence[UpgradeRecord]) -> PlanningInput:
    """Add the merge sides that revert these records (newest first), for the desired and the applied state."""
    newest = records[0]
    base, theirs = (
        newest.get_desired_after(),
        fold_records([(record.get_desired_after(), record.get_desired_before()) for record in records]),
    )
    below = [(record.get_applied_after(), record.get_applied_before()) for record in records]
    applied_base, applied_theirs = below[0][0], fold_records(below)
    planning_input = replace(planning_input, base=base, theirs=theirs)
    if (planning_input.applied, applied_base, applied_theirs) == (planning_input.desired, base, theirs):
        return planning_input
    return replace(planning_input, applied_base=applied_base, applied_theirs=applied_theirs)


def _fold_origins(proposal: PlanProposal, earlier: OriginsByComponent) -> OriginsByComponent:
    """Return the origins after a rollback; components left behind keep their current origin."""
    left_behind = {key for key, arrival in proposal.plan.outcomes.items() if arrival is ComponentOutcome.BEHIND}
    return {
        **{key: origin_data for key, origin_data in earlier.items() if key not in left_behind},
        **{key: origin_data for key, origin_data in proposal.origins_before.items() if key in left_behind},
    }


def _build_proposal(
    application: Application, planning_input: PlanningInput, to: TemplateVersion | None
) -> PlanProposal:
    planning_input = planning_input.with_answers(planning_input.answers.keep_sealed(_list_sealed_names(planning_input)))
    result = plan_operation(planning_input)
    plan = result.plan
    before = load_origins(application.get_installation())
    after = before if to is None else compute_origins_after(before, plan, to)
    return PlanProposal(application, planning_input, plan, result.merge, to, before, after)


def _list_sealed_names(planning_input: PlanningInput) -> frozenset[str]:
    sides = (planning_input.desired, planning_input.theirs or planning_input.desired)
    parameters = [item for side in sides for item in side.spec.parameters.items()]
    return frozenset(name for name, parameter in parameters if parameter.secret or parameter.generate)


def _load_input(
    application: Application,
    kind: OperationKind,
    to: TemplateVersion | None,
    answers: Answers,
    live_state: LiveState | None,
) -> PlanningInput:
    installation = application.get_installation()
    current = installation.version if installation is not None else None
    components = list(application.components.all())
    origins = load_origins(installation)
    live_state = live_state or read_live_state(application)
    return PlanningInput(
        kind=kind,
        application=application.name,
        salt=application.digest_key,
        template=installation.template.name if installation is not None else "",
        from_version=current.version if current is not None else "",
        to_version=to.version if to is not None else (current.version if current is not None else ""),
        desired=get_desired_side(application),
        applied=get_applied_side(application),
        answers=answers,
        observed=live_state.observed,
        unknown=frozenset(component.key for component in components if component.applied_unknown),
        target=_describe_target(application),
        origins={key: origin_data["label"] for key, origin_data in origins.items()},
        revisions={component.key: component.revision for component in components},
        volumes=live_state.volumes,
        starts_containers=live_state.starts_containers,
    )


def _describe_target(application: Application) -> str:
    target = application.target
    return "" if target is None else f"{target.pk} {target.kind} {to_canonical_json(target.config).decode()}"


def _check_released(version: TemplateVersion) -> None:
    if not version.is_released:
        raise OperationRefused(
            f"{version} is {version.get_state_display().lower()}. Only released versions can be installed."
        )


@dataclass(frozen=True, slots=True)
class UnsavedApplication:
    """An application that is not stored yet. `live` is None without a target."""

    application: Application
    live: LiveState | None


def prepare_application(
    by: Actor, *, team: Team, name: str, target: Target | None, replaces: Application | None = None
) -> UnsavedApplication:
    """Build an unsaved application and read its target; never call it inside a transaction."""
    application = build_application(by, team=team, name=name, target=target, instead_of=replaces)
    return UnsavedApplication(application, None if target is None else read_live_state(application))
