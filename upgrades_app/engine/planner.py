"""A situation becomes a plan: merge, put the values in, lay both sides side by side, order, ask."""

from collections.abc import Iterable
from typing import TypedDict

from upgrades_app.engine.comparison.comparison_rows import component_rows, frame_rows, parameter_rows
from upgrades_app.engine.comparison.notes import notes, rotations, unseen
from upgrades_app.engine.comparison.pending_edits import with_pending, with_pending_values
from upgrades_app.engine.comparison.provenance import Sources
from upgrades_app.engine.comparison.questions import questions, volumes_left
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow
from upgrades_app.engine.inputs.planning_input import Kind, Situation
from upgrades_app.engine.inputs.rendered_side import View, to_generate, view
from upgrades_app.engine.planning.blockers import faults
from upgrades_app.engine.planning.fingerprint import fingerprint
from upgrades_app.engine.planning.merge_sides import Combined, combine
from upgrades_app.engine.planning.plan import Blocker, Plan, Step
from upgrades_app.engine.planning.steps import Work, steps, unwoken, work


def make_plan(situation: Situation) -> Plan:
    """The plan of a situation: the same situation, the same plan. It is never refused, it says why it is blocked."""
    combined = combine(situation)
    applied, merged = view(situation.applied), view(combined.there)
    desired = applied if situation.desired == situation.applied else view(situation.desired)
    todo = work(situation, applied, merged, also=combined.side.spec.components)
    volumes = [name for name in volumes_left(situation, applied, merged) if name in situation.answers.remove_volumes]
    ordered = () if merged.faults else steps(situation, todo, applied, merged, volumes)
    requested = tuple(questions(situation, combined, todo, ordered, applied, merged))
    before = desired if combined.applied is None else applied
    rows = _rows(situation, combined, todo, applied, merged)
    return Plan(
        kind=situation.kind,
        application=situation.application,
        template=situation.template,
        from_version=situation.from_version,
        to_version=situation.to_version,
        spec=combined.side.spec,
        applied=None if combined.applied is None else combined.applied.spec,
        values=combined.side.values,
        generate=to_generate(merged),
        steps=ordered,
        questions=requested,
        blockers=tuple(map(Blocker.of, (*faults(situation, combined, before, merged, requested), *unwoken(todo)))),
        **rows,
        notes=(
            *notes(situation, combined, todo.comparison, applied, desired, ordered),
            *rotations(todo),
            *unseen(rows["components"]),
        ),
        arrivals=combined.arrivals,
        runs=situation.runs,
        moves=_moves(situation, combined, ordered),
        fingerprint=fingerprint(situation, applied, desired, todo.asleep),
    )


class _Rows(TypedDict):
    components: tuple[ComponentRow, ...]
    parameters: tuple[FieldRow, ...]
    frame: tuple[FieldRow, ...]


def _rows(situation: Situation, combined: Combined, todo: Work, applied: View, merged: View) -> _Rows:
    """The comparison; going back, with what is pending then beside it."""
    sources = Sources(situation, combined, applied, merged)
    waiting = view(combined.side) if situation.kind is Kind.ROLLBACK and combined.applied is not None else merged
    return {
        "components": with_pending(component_rows(situation, todo, applied, merged, sources), applied, merged, waiting),
        "parameters": with_pending_values(
            parameter_rows(situation, combined, applied, merged), applied, merged, waiting
        ),
        "frame": frame_rows(situation, todo.comparison, sources),
    }


def _moves(situation: Situation, combined: Combined, ordered: Iterable[Step]) -> bool:
    """Whether a confirm would change anything: the target, the version, or what is desired."""
    if situation.kind in {Kind.INSTALL, Kind.UNINSTALL} or situation.from_version != situation.to_version:
        return True
    if combined.side != situation.desired or combined.there != situation.applied:
        return True
    return any(step.action.changes_target for step in ordered)
