"""What keeps a plan from being confirmed, whatever is answered."""

from collections.abc import Iterable, Iterator

from templates_app.appspec.diff.diff import component_change
from templates_app.appspec.schema.errors import Fault, dotted
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.validate import check, check_given
from upgrades_app.engine.inputs.planning_input import Situation
from upgrades_app.engine.inputs.question import Question
from upgrades_app.engine.inputs.rendered_side import View, to_generate
from upgrades_app.engine.planning.merge_sides import Combined


def faults(
    situation: Situation, combined: Combined, before: View, merged: View, questions: Iterable[Question]
) -> Iterator[Fault]:
    """What is wrong with the whole, without what a question already asks. `before` is what is merged into."""
    requested = {question.path[1] for question in questions if question.path[:1] == ("parameters",)}
    known = {**merged.values, **merged.secrets, **dict.fromkeys(to_generate(merged), "made")}
    observed: set[Fault] = set()
    spec = combined.there.spec
    provided = check_given(spec.parameters, {**situation.answers.values, **situation.answers.secrets})
    left = _left_behind(situation, combined.there.spec)
    for fault in (*check(spec, known), *merged.faults, *provided):
        if fault not in observed and not _is_asked(fault, requested):
            yield left.get(fault, fault)
        observed.add(fault)
    yield from _dragged_along(situation, before, merged)


def _left_behind(situation: Situation, spec: AppSpec) -> dict[Fault, Fault]:
    """Instead of "there is no component redis": that there would be, were it taken along."""
    only, theirs = situation.answers.only, situation.theirs
    if only is None or theirs is None:
        return {}
    missing = theirs.spec.components.keys() - only - spec.components.keys()
    return {
        Fault(dotted(("components", key, "depends_on", other)), f"there is no component {other}"): Fault(
            f"components.{key}", f"{other} is left behind: take it too, or leave {key} behind"
        )
        for key, component in spec.components.items()
        for other in component.depends_on.keys() & missing
    }


def _is_asked(fault: Fault, requested: set[str]) -> bool:
    return any(
        fault.path == f"parameters.{name}" or fault.message.startswith(f"{name} needs a value") for name in requested
    )


def _dragged_along(situation: Situation, before: View, merged: View) -> Iterator[Fault]:
    """Components that were not ticked and would change all the same, by a parameter or a definition they share."""
    only = situation.answers.only
    if only is None or merged.faults or before.faults:
        return
    for key in sorted(before.parts.keys() & merged.parts.keys() - only):
        if before.digest(key, situation.salt) != merged.digest(key, situation.salt):
            changes = component_change(key, before.spec.components[key], merged.spec.components[key]).changes
            text = f" ({', '.join(change.sentence() for change in changes)})" if changes else ""
            yield Fault(f"components.{key}", f"changes too, by what it shares with the others{text}; take it as well")
