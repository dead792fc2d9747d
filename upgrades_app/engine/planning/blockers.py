"""Blockers: what prevents a plan from being confirmed, independent of the answers."""

from collections.abc import Iterable, Iterator

from templates_app.appspec.diff.diff import compare_component
from templates_app.appspec.schema.errors import Fault, join_path
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.validate import validate_spec, validate_values
from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.inputs.planning_input import PlanningInput
from upgrades_app.engine.inputs.question import Question
from upgrades_app.engine.inputs.rendered_side import RenderedSide, list_generated
from upgrades_app.engine.planning.merge_sides import MergeResult
from upgrades_app.engine.planning.plan import Blocker


def find_blockers(
    planning_input: PlanningInput,
    result: MergeResult,
    before: RenderedSide,
    merged: RenderedSide,
    questions: Iterable[Question],
) -> Iterator[Blocker]:
    """Yield the faults of the merged spec that no question covers. `before` is the side that is merged into."""
    parameters = {question.path[1] for question in questions if question.path[:1] == ("parameters",)}
    known = {**merged.values, **merged.secrets, **dict.fromkeys(list_generated(merged), "generated")}
    observed: set[Fault] = set()
    spec, answers = result.target_side.spec, planning_input.answers
    invalid_answers = validate_values(spec.parameters, {**answers.values, **answers.secrets})
    left_behind = _find_left_behind(planning_input, spec)
    for fault in (*validate_spec(spec, known), *merged.faults, *invalid_answers):
        if fault not in observed and not _is_asked(fault, parameters):
            yield left_behind.get(fault.path) or Blocker.from_fault(fault)
        observed.add(fault)
    yield from _find_required(planning_input, before, merged)


def _find_left_behind(planning_input: PlanningInput, spec: AppSpec) -> dict[str, Blocker]:
    """Return blockers by the path of a dependency on a component that is not selected."""
    only, theirs = planning_input.answers.only, planning_input.theirs
    if only is None or theirs is None:
        return {}
    missing = theirs.spec.components.keys() - only - spec.components.keys()
    return {
        join_path(("components", key, "depends_on", other)): Blocker(
            code=MessageCode.DEPENDENCY_LEFT_BEHIND,
            params={"component": key, "dependency": other},
            path=f"components.{key}",
        )
        for key, component in spec.components.items()
        for other in component.depends_on.keys() & missing
    }


def _is_asked(fault: Fault, parameters: set[str]) -> bool:
    """Whether a question already asks for the value whose absence is the fault."""
    return fault.missing_parameter in parameters or any(fault.path == f"parameters.{name}" for name in parameters)


def _find_required(planning_input: PlanningInput, before: RenderedSide, merged: RenderedSide) -> Iterator[Blocker]:
    """Yield the components that are not selected and change by a parameter or a definition that they share."""
    only = planning_input.answers.only
    if only is None or merged.faults or before.faults:
        return
    for key in sorted(before.parts.keys() & merged.parts.keys() - only):
        if before.digest(key, planning_input.salt) != merged.digest(key, planning_input.salt):
            changes = compare_component(key, before.spec.components[key], merged.spec.components[key]).changes
            text = f" ({', '.join(change.describe() for change in changes)})" if changes else ""
            yield Blocker(code=MessageCode.SHARED_CHANGE, params={"changes": text}, path=f"components.{key}")
