"""Questions for the operator: conflicts, removals, values, risks, volumes, drift, ports."""

from collections.abc import Iterator, Mapping

from templates_app.appspec.diff.field_change import describe_path
from templates_app.appspec.merge.three_way import MergeDecision
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.validation.resource_usage import find_resource_usage
from upgrades_app.engine.comparison.redaction import DOTS, Redactors
from upgrades_app.engine.inputs.message import Message, MessageCode, build_message
from upgrades_app.engine.inputs.plan_rows import Provenance
from upgrades_app.engine.inputs.planning_input import OperationKind, PlanningInput
from upgrades_app.engine.inputs.question import Option, Question, QuestionKind
from upgrades_app.engine.inputs.rendered_side import RenderedSide
from upgrades_app.engine.inputs.values import ValueConflict
from upgrades_app.engine.planning.merge_sides import MergeResult
from upgrades_app.engine.planning.plan import Step
from upgrades_app.engine.planning.restart_cascade import LiveComparison
from upgrades_app.engine.planning.steps import PlannedActions


def collect_questions(
    planning_input: PlanningInput,
    merge: MergeResult,
    planned: PlannedActions,
    ordered: tuple[Step, ...],
    applied: RenderedSide,
    merged: RenderedSide,
) -> Iterator[Question]:
    """Yield all questions, in the order in which they are shown."""
    yield from collect_conflict_questions(planning_input, merge, merged)
    yield from collect_removed_questions(planning_input, merge)
    yield from collect_value_questions(planning_input, merged)
    yield from collect_risk_questions(planning_input, ordered)
    yield from collect_volume_questions(planning_input, applied, merged)
    yield from collect_drift_questions(planning_input, planned.live_comparison, planned.differing, merged)
    yield from collect_port_questions(merge)


def collect_conflict_questions(
    planning_input: PlanningInput, merge: MergeResult, merged: RenderedSide
) -> Iterator[Question]:
    """Yield a question for each path or value that both sides changed."""
    choices = planning_input.answers.conflicts
    redactors = Redactors.from_input(planning_input, merge.side, merged)
    for decision in merge.conflicts:
        yield _build_conflict(decision, planning_input, choices.get(decision.id), redactors)
    for conflict in merge.value_conflicts:
        yield _build_value_conflict(conflict, planning_input, choices.get(conflict.id))


def collect_removed_questions(planning_input: PlanningInput, merge: MergeResult) -> Iterator[Question]:
    """Yield a question for each component that the other side no longer has."""
    for key, default in merge.removed.items():
        edited = planning_input.desired.spec.components[key] != planning_input.base.spec.components[key]
        yield Question(
            kind=QuestionKind.REMOVED,
            id=key,
            prompt=_build_removed_prompt(planning_input, key, edited=edited),
            options=(
                Option(
                    value="remove",
                    code=MessageCode.REMOVE_COMPONENT
                    if planning_input.starts_containers
                    else MessageCode.REMOVE_COMPONENT_FILES,
                ),
                Option(value="keep", code=MessageCode.KEEP_COMPONENT),
            ),
            default=default,
            answer=planning_input.answers.removed.get(key),
            component=key,
            path=("components", key),
        )


def collect_value_questions(planning_input: PlanningInput, merged: RenderedSide) -> Iterator[Question]:
    """Yield a question for each parameter that is new, that lacks a required value, or whose value is not a choice."""
    if planning_input.kind in {OperationKind.UNINSTALL, OperationKind.ROLLBACK}:
        return
    known = (
        planning_input.base.spec.parameters
        if planning_input.theirs is not None
        else planning_input.desired.spec.parameters
    )
    for name, parameter in sorted(merged.raw.parameters.items()):
        if parameter.fixed or (parameter.generate and name not in planning_input.answers.secrets):
            continue
        value = merged.values.get(name, merged.secrets.get(name))
        invalid = value is not None and bool(parameter.choices) and value not in parameter.choices
        missing = parameter.required and not value
        if name not in known or missing or invalid or name in planning_input.answers.values:
            yield _build_parameter_question(planning_input, name, parameter, value, invalid=invalid)


def collect_risk_questions(planning_input: PlanningInput, steps: tuple[Step, ...]) -> Iterator[Question]:
    """Yield a question for each component whose data is at risk."""
    for step in steps:
        if step.data_at_risk:
            yield Question(
                kind=QuestionKind.RISK,
                id=step.key,
                prompt=build_message(MessageCode.DATA_AT_RISK, component=step.key, reason=step.data_at_risk),
                options=(Option(value="accept", code=MessageCode.ACCEPT_DATA_RISK),),
                answer="accept" if planning_input.answers.accepts(step.key) else None,
                component=step.key,
                path=("components", step.key),
            )


def collect_volume_questions(
    planning_input: PlanningInput, applied: RenderedSide, merged: RenderedSide
) -> Iterator[Question]:
    """Yield a question for each volume that is no longer used; kept by default."""
    for name, users in list_unused_volumes(planning_input, applied, merged).items():
        yield Question(
            kind=QuestionKind.VOLUME,
            id=name,
            prompt=build_message(MessageCode.VOLUME_UNUSED, volume=name, components=", ".join(users)),
            options=(
                Option(value="keep", code=MessageCode.KEEP_VOLUME),
                Option(value="remove", code=MessageCode.DELETE_VOLUME),
            ),
            default="keep",
            answer="remove" if name in planning_input.answers.remove_volumes else None,
            path=("volumes", name),
        )


def list_unused_volumes(
    planning_input: PlanningInput, applied: RenderedSide, merged: RenderedSide
) -> dict[str, tuple[str, ...]]:
    """Return the volumes that are no longer mounted, with the components that mounted them. A target that starts no
    containers has no volumes."""
    if not planning_input.starts_containers:
        return {}
    after = {name for item in merged.spec.components.values() for name in find_resource_usage(item).volumes}
    users: dict[str, list[str]] = {}
    for key, component in sorted(applied.spec.components.items()):
        for name in find_resource_usage(component).volumes:
            users.setdefault(name, []).append(key)
    external = {name for name, volume in applied.spec.volumes.items() if volume.external}
    return {name: tuple(users[name]) for name in sorted(users.keys() - after - external)}


def collect_drift_questions(
    planning_input: PlanningInput,
    live_comparison: Mapping[str, LiveComparison],
    differing: frozenset[str],
    merged: RenderedSide,
) -> Iterator[Question]:
    """Yield a question for each component with drift; it can be ignored if the plan does not change the component.

    A target that starts no containers writes the whole application, so any change reverts all drift.
    """
    for key in [
        key
        for key, comparison in live_comparison.items()
        if comparison in {LiveComparison.DRIFTED, LiveComparison.STRAY}
    ]:
        replaced = key in differing or bool(differing and not planning_input.starts_containers)
        answer = planning_input.answers.drift.get(key)
        if replaced and answer == "ignore":
            answer = None
        yield Question(
            kind=QuestionKind.DRIFT,
            id=key,
            prompt=_build_drift_prompt(planning_input, key, live_comparison[key]),
            options=(
                Option(
                    value="revert",
                    code=MessageCode.REVERT_DRIFT if key in merged.parts else MessageCode.REMOVE_UNMANAGED,
                ),
                *([] if replaced else [Option(value="ignore", code=MessageCode.IGNORE_DRIFT)]),
            ),
            default=None if replaced else "ignore",
            answer=answer,
            component=key,
            path=("components", key),
            detail=build_message(MessageCode.LIVE_STATE_LOST) if replaced else None,
        )


def collect_port_questions(merge: MergeResult) -> Iterator[Question]:
    """Yield a question for each port published on another number than the version's, which is the default."""
    for port in merge.ports:
        yield Question(
            kind=QuestionKind.PORT,
            id=port.movable.id,
            prompt=build_message(MessageCode.PORT_CHANGED, port=port.movable.port, component=port.movable.component),
            default=str(port.movable.address.first),
            answer=str(port.port),
            component=port.movable.component,
            path=port.decision.path,
            detail=build_message(MessageCode.TEMPLATE_PORT, binding=port.movable.binding),
        )


def _build_drift_prompt(planning_input: PlanningInput, key: str, comparison: LiveComparison) -> Message:
    observed = (planning_input.observed or {}).get(key)
    detail = observed.detail if observed is not None else ""
    code = MessageCode.UNMANAGED if comparison is LiveComparison.STRAY else MessageCode.DRIFTED
    return build_message(code, component=key, detail=detail)


def _build_conflict(
    decision: MergeDecision, planning_input: PlanningInput, answer: str | None, redactors: Redactors
) -> Question:
    spec = planning_input.desired.spec
    component = spec.components.get(decision.path[1]) if decision.path[0] == "components" else None
    sides = (
        (redactors.base, decision.base),
        (redactors.ours, decision.ours),
        (redactors.theirs, decision.theirs),
    )
    base, ours, theirs = (redactor.redact_at(component, decision.path, value) or None for redactor, value in sides)
    return Question(
        kind=QuestionKind.CONFLICT,
        id=decision.id,
        prompt=build_message(MessageCode.CONFLICT, field=describe_field(decision.path)),
        options=_build_side_options(ours, theirs, planning_input),
        answer=answer,
        component=decision.path[1] if component is not None else "",
        path=decision.path,
        detail=_build_previous_value(base),
    )


def _build_value_conflict(conflict: ValueConflict, planning_input: PlanningInput, answer: str | None) -> Question:
    ours, theirs, base = (
        DOTS if conflict.secret and value is not None else value
        for value in (conflict.ours, conflict.theirs, conflict.base)
    )
    fixed = build_message(MessageCode.FIXED_BY_VERSION, version=planning_input.to_version)
    return Question(
        kind=QuestionKind.CONFLICT,
        id=conflict.id,
        prompt=build_message(MessageCode.CONFLICT, field=conflict.name),
        options=_build_side_options(ours, theirs, planning_input),
        answer=answer,
        path=("parameters", conflict.name),
        detail=fixed if conflict.fixed else _build_previous_value(base),
    )


def _build_side_options(ours: str | None, theirs: str | None, planning_input: PlanningInput) -> tuple[Option, Option]:
    local = Option(value="ours", code=MessageCode.KEEP_LOCAL, origin=Provenance.LOCAL_KEPT, text=ours)
    if planning_input.kind is OperationKind.ROLLBACK:
        code, origin = MessageCode.TAKE_PREVIOUS, Provenance.PREVIOUS
    else:
        code, origin = MessageCode.TAKE_TEMPLATE, Provenance.TEMPLATE
    return local, Option(value="theirs", code=code, origin=origin, text=theirs)


def _build_previous_value(value: str | None) -> Message:
    """Without `value`: the field was not set."""
    return build_message(MessageCode.PREVIOUS_VALUE, **({} if value is None else {"value": value}))


def _build_parameter_question(
    planning_input: PlanningInput, name: str, parameter: Parameter, value: str | None, *, invalid: bool
) -> Question:
    answers = planning_input.answers
    is_provided = name in answers.values or name in answers.secrets
    return Question(
        kind=QuestionKind.SECRET if parameter.secret else QuestionKind.VALUE,
        id=name,
        prompt=_build_parameter_prompt(planning_input, name, parameter, value, invalid=invalid),
        options=tuple(Option(value=choice, code=MessageCode.USE_VALUE, text=choice) for choice in parameter.choices),
        default=_get_default(parameter, value, invalid=invalid),
        answer=None if invalid or not is_provided else DOTS if parameter.secret else value,
        path=("parameters", name),
        detail=build_message(MessageCode.DESCRIPTION, text=parameter.description) if parameter.description else None,
    )


def _build_parameter_prompt(
    planning_input: PlanningInput, name: str, parameter: Parameter, value: str | None, *, invalid: bool
) -> Message:
    label = parameter.label or name
    if parameter.required and not value:
        return build_message(MessageCode.PARAMETER_REQUIRED, label=label)
    if invalid:
        shown = DOTS if parameter.secret else value or ""
        return build_message(MessageCode.PARAMETER_INVALID, label=label, value=shown)
    if planning_input.kind is OperationKind.INSTALL:
        return build_message(MessageCode.PARAMETER, label=label)
    return build_message(MessageCode.PARAMETER_NEW, label=label, version=_get_version_name(planning_input))


def _get_default(parameter: Parameter, value: str | None, *, invalid: bool) -> str | None:
    if invalid or (parameter.required and not value):
        return None
    return DOTS if parameter.secret and value is not None else value or ""


def describe_field(path: tuple[str, ...]) -> str:
    """Return a path as a label: "web env LOG_LEVEL"."""
    return f"{path[1]} {describe_path(path)}" if path[0] == "components" and len(path) > 2 else describe_path(path)


def _build_removed_prompt(planning_input: PlanningInput, key: str, *, edited: bool) -> Message:
    if planning_input.kind is OperationKind.ROLLBACK:
        code = MessageCode.REMOVED_BY_ROLLBACK_EDITED if edited else MessageCode.REMOVED_BY_ROLLBACK
        return build_message(code, component=key, version=planning_input.to_version)
    code = MessageCode.REMOVED_FROM_TEMPLATE_EDITED if edited else MessageCode.REMOVED_FROM_TEMPLATE
    return build_message(code, component=key, version=_get_version_name(planning_input))


def _get_version_name(planning_input: PlanningInput) -> str:
    """Return the template with its version: "shop 1.1"."""
    return " ".join(filter(None, [planning_input.template, planning_input.to_version])) or planning_input.application
