"""Work out a plan; nothing is stored and nothing changes. One function for each kind of the road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps_app.actions.create_application import new_application
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team
from config.errors import Refused
from templates_app.appspec.schema.serialize import canonical
from templates_app.models import TemplateVersion
from upgrades_app.engine.execution.resulting_state import fold_back
from upgrades_app.engine.inputs.planning_input import Answers, Kind, Side, Situation
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import Arrival, Plan
from upgrades_app.models import UpgradeRecord
from upgrades_app.queries.component_keys import under_keys_here
from upgrades_app.queries.component_origins import Origins, origins_after, origins_of
from upgrades_app.queries.load_planning_input import Seen, applied_side, base_of, desired_side, look
from upgrades_app.queries.rollback_targets import way_back_to


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with what it was made from, and where each template component will be once it is done."""

    application: Application
    situation: Situation
    plan: Plan
    to: TemplateVersion | None
    origins_before: Origins
    origins_after: Origins


def propose(
    application: Application, kind: Kind, to: TemplateVersion | None, answers: Answers, *, seen: Seen | None = None
) -> Proposal:
    """The proposal of any kind. Without `seen` it asks the target. Raises Refused with the reason there is none."""
    match kind:
        case Kind.CHANGE:
            return propose_change(application, answers, seen=seen)
        case Kind.UNINSTALL:
            return propose_uninstall(application, answers, seen=seen)
        case _ if to is None:
            raise Refused("No template version was named.")
        case Kind.INSTALL:
            return propose_install(application, to, answers, seen=seen)
        case Kind.UPGRADE:
            return propose_upgrade(application, to, answers, seen=seen)
        case Kind.ROLLBACK:
            return propose_rollback(application, to, answers, seen=seen)


def propose_install(
    application: Application, to: TemplateVersion, answers: Answers, *, seen: Seen | None = None
) -> Proposal:
    _require_released(to)
    situation = _situation(application, Kind.INSTALL, to, answers, seen)
    return _proposal(application, replace(situation, theirs=Side(to.spec)), to)


def propose_upgrade(
    application: Application, to: TemplateVersion, answers: Answers, *, seen: Seen | None = None
) -> Proposal:
    """Merge the version into what the operator has, on the version each component came from."""
    installation = application.installed()
    if installation is None or installation.version is None:
        raise Refused(f"{application} is not installed from a template, so there is nothing to upgrade it to.")
    if to.template_id != installation.template_id:
        raise Refused(f"{to} is a version of another template than {installation.template}.")
    _require_released(to)
    if to.sort_key < installation.version.sort_key:
        raise Refused(f"{to.version} is older than {installation.version.version}; go back to it instead.")
    situation = _situation(application, Kind.UPGRADE, to, answers, seen)
    base, theirs = Side(base_of(installation)), Side(under_keys_here(installation, to))
    return _proposal(application, replace(situation, base=base, theirs=theirs), to)


def propose_rollback(
    application: Application, to: TemplateVersion, answers: Answers, *, seen: Seen | None = None
) -> Proposal:
    """Undo what the records since the last arrival at that version did, and nothing else."""
    target = way_back_to(application, to)
    if target is None:
        raise Refused(
            f"{application} was never at {to.version} as far as its records tell, so it cannot go back there."
        )
    planning_input = _situation(application, Kind.ROLLBACK, to, answers, seen)
    proposal = _proposal(application, _back(planning_input, target.records), to)
    return replace(proposal, origins_after=_origins_back(proposal, target.oldest.origins_before))


def propose_change(application: Application, answers: Answers, *, seen: Seen | None = None) -> Proposal:
    """Apply what is pending."""
    return _proposal(application, _situation(application, Kind.CHANGE, None, answers, seen), None)


def propose_uninstall(application: Application, answers: Answers, *, seen: Seen | None = None) -> Proposal:
    """Take everything off the target; what the operator wants stays, so that it can be applied again."""
    if not application.was_ever_applied():
        raise Refused(f"Nothing of {application} is on a target, so there is nothing to uninstall.")
    return _proposal(application, _situation(application, Kind.UNINSTALL, None, answers, seen), None)


def _back(situation: Situation, records: Sequence[UpgradeRecord]) -> Situation:
    """With what lies behind these records, newest first: of what was desired, and apart from it of what was applied."""
    newest = records[0]
    base, theirs = newest.side_after(), fold_back([(record.side_after(), record.side_before()) for record in records])
    below = [(record.applied_side_after(), record.applied_side_before()) for record in records]
    applied_base, applied_theirs = below[0][0], fold_back(below)
    complete = replace(situation, base=base, theirs=theirs)
    if (situation.applied, applied_base, applied_theirs) == (situation.desired, base, theirs):
        return complete
    return replace(complete, applied_base=applied_base, applied_theirs=applied_theirs)


def _origins_back(proposal: Proposal, earlier: Origins) -> Origins:
    """As they were, but for the components that do not go back."""
    left_behind = {key for key, arrival in proposal.plan.arrivals.items() if arrival is Arrival.BEHIND}
    return {
        **{key: origin_data for key, origin_data in earlier.items() if key not in left_behind},
        **{key: origin_data for key, origin_data in proposal.origins_before.items() if key in left_behind},
    }


def _proposal(application: Application, situation: Situation, to: TemplateVersion | None) -> Proposal:
    situation = situation.answered(situation.answers.keeping_sealed(_sealed_names(situation)))
    plan = make_plan(situation)
    before = origins_of(application.installed())
    after = before if to is None else origins_after(before, plan, to)
    return Proposal(application, situation, plan, to, before, after)


def _sealed_names(situation: Situation) -> frozenset[str]:
    sides = (situation.desired, situation.theirs or situation.desired)
    parameters = [item for side in sides for item in side.spec.parameters.items()]
    return frozenset(name for name, parameter in parameters if parameter.secret or parameter.generate)


def _situation(
    application: Application, kind: Kind, to: TemplateVersion | None, answers: Answers, live_state: Seen | None
) -> Situation:
    installation = application.installed()
    current = installation.version if installation is not None else None
    components = list(application.components.all())
    origins = origins_of(installation)
    live_state = live_state or look(application)
    return Situation(
        kind=kind,
        application=application.name,
        salt=application.key_of_digests,
        template=installation.template.name if installation is not None else "",
        from_version=current.version if current is not None else "",
        to_version=to.version if to is not None else (current.version if current is not None else ""),
        desired=desired_side(application),
        applied=applied_side(application),
        answers=answers,
        observed=live_state.observed,
        unknown=frozenset(component.key for component in components if component.applied_unknown),
        target=_place(application),
        origins={key: origin_data["label"] for key, origin_data in origins.items()},
        revisions={component.key: component.revision for component in components},
        volumes=live_state.volumes,
        runs=live_state.runs,
    )


def _place(application: Application) -> str:
    target = application.target
    return "" if target is None else f"{target.pk} {target.kind} {canonical(target.config).decode()}"


def _require_released(version: TemplateVersion) -> None:
    if not version.is_released:
        raise Refused(
            f"{version} is {version.get_state_display().lower()}, and only released versions can be installed."
        )


@dataclass(frozen=True, slots=True)
class Prospect:
    """`application` is not stored yet; `seen` is None where it has no target."""

    application: Application
    seen: Seen | None


def prospect(
    by: Actor, *, team: Team, name: str, target: Target | None, instead_of: Application | None = None
) -> Prospect:
    """Asks the target, so never inside a transaction. Raises Refused."""
    application = new_application(by, team=team, name=name, target=target, instead_of=instead_of)
    return Prospect(application, None if target is None else look(application))
