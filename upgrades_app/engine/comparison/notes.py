"""What is worth knowing of a plan before the confirm, and asks for nothing."""

from collections.abc import Iterable, Iterator

from templates_app.appspec.diff.diff import Comparison, compare
from templates_app.appspec.diff.field_change import Symbol
from templates_app.appspec.merge.three_way import Source
from templates_app.appspec.secrets.rotation import plain_credentials, rotation
from upgrades_app.engine.comparison.pending_edits import waiting_in
from upgrades_app.engine.inputs.plan_rows import ComponentRow
from upgrades_app.engine.inputs.planning_input import Kind, Situation
from upgrades_app.engine.inputs.rendered_side import View
from upgrades_app.engine.planning.merge_sides import Combined
from upgrades_app.engine.planning.plan import Note, Step
from upgrades_app.engine.planning.steps import Work

ROTATION = "rotation"


def notes(
    situation: Situation,
    combined: Combined,
    comes: Comparison,
    applied: View,
    desired: View,
    ordered: Iterable[Step],
) -> Iterator[Note]:
    """Edits that go along, removals that stay, and that nothing but the version changes."""
    if situation.kind in {Kind.UPGRADE, Kind.ROLLBACK}:
        yield from _pending(comes, applied, desired)
    for key in _stay_removed(combined, applied):
        yield Note(kind="removed", sentence=f"{key} was removed here, and stays removed", path=("components", key))
    if not any(step.action.changes_target for step in ordered) and situation.from_version != situation.to_version:
        yield Note(kind="version", sentence="Only the version number changes")


def rotations(todo: Work) -> Iterator[Note]:
    """Credentials that change, where the component may have the old one in its data."""
    for change in todo.comparison.components:
        if change.before is not None and change.after is not None:
            names = {*todo.secrets.get(change.key, ()), *plain_credentials(change.changes)}
            if text := rotation(change.key, change.before, names):
                yield Note(kind=ROTATION, sentence=text, path=("components", change.key))


def unseen(rows: Iterable[ComponentRow]) -> Iterator[Note]:
    """What stays pending in components that are not touched: a page shows no more of them than their names."""
    for row in rows:
        if row.symbol == Symbol.UNCHANGED:
            for sentence in waiting_in(row):
                yield Note(kind="waiting", sentence=sentence, path=("components", row.key))


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
