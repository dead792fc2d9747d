"""A situation becomes a plan: merge, put the values in, lay both sides side by side, order, ask."""

from collections.abc import Iterable, Iterator

from templates_app.spec.check import check, check_given
from templates_app.spec.decide import Source
from templates_app.spec.diff import Comparison, compare, component_change
from templates_app.spec.errors import Fault
from upgrades_app.engine.combine import Combined, combine
from upgrades_app.engine.fingerprint import fingerprint
from upgrades_app.engine.frame_rows import frame_rows
from upgrades_app.engine.parameter_rows import parameter_rows
from upgrades_app.engine.pending import with_pending, with_pending_values
from upgrades_app.engine.plan import Blocker, Note, Plan, Step
from upgrades_app.engine.question import Question
from upgrades_app.engine.questions import (
    conflict_questions,
    drift_questions,
    removed_questions,
    risk_questions,
    value_questions,
    volume_questions,
    volumes_left,
)
from upgrades_app.engine.rows import component_rows
from upgrades_app.engine.situation import Kind, Situation
from upgrades_app.engine.sources import Sources
from upgrades_app.engine.steps import steps, work
from upgrades_app.engine.view import View, to_generate, view


def make_plan(situation: Situation) -> Plan:
    """The plan of a situation: the same situation, the same plan. It is never refused, it says why it is blocked."""
    combined = combine(situation)
    applied, merged = view(situation.applied), view(combined.there)
    desired = applied if situation.desired == situation.applied else view(situation.desired)
    todo = work(situation, applied, merged, also=combined.side.spec.components)
    volumes = [name for name in volumes_left(situation, applied, merged) if name in situation.answers.remove_volumes]
    ordered = () if merged.faults else steps(situation, todo, applied, merged, volumes)
    questions = (
        *conflict_questions(situation, combined, merged),
        *removed_questions(situation, combined),
        *value_questions(situation, merged),
        *risk_questions(situation, ordered),
        *volume_questions(situation, applied, merged),
        *drift_questions(situation, todo.standing, todo.differing, merged),
    )
    waiting = view(combined.side) if situation.kind is Kind.ROLLBACK and combined.applied is not None else merged
    sources = Sources(situation, combined, applied, merged)
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
        questions=questions,
        blockers=tuple(map(Blocker.of, _faults(situation, combined, desired, merged, questions))),
        components=with_pending(component_rows(situation, todo, applied, merged, sources), merged, waiting),
        parameters=with_pending_values(parameter_rows(situation, combined, applied, merged), merged, waiting),
        frame=frame_rows(situation, todo.comparison, sources),
        notes=tuple(_notes(situation, combined, todo.comparison, applied, desired, ordered)),
        arrivals=combined.arrivals,
        runs=situation.runs,
        moves=_moves(situation, combined, ordered),
        fingerprint=fingerprint(situation, applied, desired),
    )


def _moves(situation: Situation, combined: Combined, ordered: Iterable[Step]) -> bool:
    """Whether a confirm would change anything: the target, the version, or what is desired."""
    if situation.kind in {Kind.INSTALL, Kind.UNINSTALL} or situation.from_version != situation.to_version:
        return True
    if combined.side != situation.desired or combined.there != situation.applied:
        return True
    return any(one.action.changes_target for one in ordered)


def _faults(
    situation: Situation, combined: Combined, desired: View, merged: View, questions: Iterable[Question]
) -> Iterator[Fault]:
    """What is wrong with the whole, without what a question already asks."""
    asked = {one.path[1] for one in questions if one.path[:1] == ("parameters",)}
    known = {**merged.values, **merged.secrets, **dict.fromkeys(to_generate(merged), "made")}
    seen: set[Fault] = set()
    there = combined.there.spec
    given = check_given(there.parameters, {**situation.answers.values, **situation.answers.secrets})
    for fault in (*check(there, known), *merged.faults, *given):
        if fault not in seen and not _is_asked(fault, asked):
            yield fault
        seen.add(fault)
    yield from _dragged_along(situation, desired, merged)


def _is_asked(fault: Fault, asked: set[str]) -> bool:
    return any(
        fault.path == f"parameters.{name}" or fault.message.startswith(f"{name} needs a value") for name in asked
    )


def _dragged_along(situation: Situation, desired: View, merged: View) -> Iterator[Fault]:
    """Components that were not ticked and would change all the same, by a parameter or a definition they share."""
    only = situation.answers.only
    if only is None or merged.faults or desired.faults:
        return
    for key in sorted(desired.parts.keys() & merged.parts.keys() - only):
        if desired.digest(key, situation.salt) != merged.digest(key, situation.salt):
            changes = component_change(key, desired.spec.components[key], merged.spec.components[key]).changes
            said = f" ({', '.join(change.sentence() for change in changes)})" if changes else ""
            yield Fault(f"components.{key}", f"changes too, by what it shares with the others{said}; take it as well")


def _notes(
    situation: Situation,
    combined: Combined,
    comes: Comparison,
    applied: View,
    desired: View,
    ordered: Iterable[Step],
) -> Iterator[Note]:
    if situation.kind in {Kind.UPGRADE, Kind.ROLLBACK}:
        yield from _pending(comes, applied, desired)
    for key in _stay_removed(combined, applied):
        yield Note(kind="removed", sentence=f"{key} was removed here, and stays removed", path=("components", key))
    if not any(one.action.changes_target for one in ordered) and situation.from_version != situation.to_version:
        yield Note(kind="version", sentence="Only the version number changes")


def _pending(comes: Comparison, applied: View, desired: View) -> Iterator[Note]:
    """What was edited here, was never applied, and goes along: not where the other side stands in its place."""
    after = {change.path: change.after for change in comes.changes}
    for change in compare(applied.spec, desired.spec).changes:
        if change.path[0] == "components" and change.path in after and after[change.path] == change.after:
            yield Note(kind="pending", sentence=f"{change.path[1]} {change.sentence()}", path=change.path)


def _stay_removed(combined: Combined, applied: View) -> Iterator[str]:
    """Components of the version that the operator does not have: no other part of the plan shows them."""
    for decision in combined.decisions:
        if decision.path[0] == "components" and len(decision.path) == 2 and decision.source is Source.LOCAL:
            key = decision.path[1]
            if {"ours", "result"} <= decision.absent and key not in applied.spec.components:
                yield key
