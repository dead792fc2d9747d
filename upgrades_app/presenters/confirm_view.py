"""What a confirm tells of a plan: what happens, what was decided, what to be careful about."""

from __future__ import annotations

from dataclasses import dataclass

from upgrades_app.engine.comparison.decision_summary import decided, downtime
from upgrades_app.engine.comparison.notes import ROTATION
from upgrades_app.engine.planning.plan import Action, Arrival, Plan

LISTED = 12
"""More lines than this of one kind are folded."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines under a heading: the first few in sight, the rest folded."""

    heading: str
    lines: tuple[str, ...]

    @property
    def first(self) -> tuple[str, ...]:
        return self.lines if len(self.lines) <= LISTED + 1 else self.lines[:LISTED]

    @property
    def rest(self) -> tuple[str, ...]:
        return self.lines[len(self.first) :]


@dataclass(frozen=True, slots=True)
class Told:
    """`risks` are what cannot be taken back, `warnings` what may go wrong."""

    parts: tuple[Part, ...]
    risks: tuple[str, ...]
    warnings: tuple[str, ...]


def told(plan: Plan) -> Told:
    summary = decided(plan)
    parts = (
        Part("", _work(plan)),
        Part("You decided", summary.answers),
        Part("Yours, kept", summary.kept),
        Part("Not applied", summary.waiting),
        Part("Also", (*summary.around, *_also(plan))),
    )
    remaining = (f"{note.sentence}." for note in plan.notes if note.kind == ROTATION)
    return Told(tuple(part for part in parts if part.lines), summary.risks, tuple(remaining))


def _work(plan: Plan) -> tuple[str, ...]:
    work = tuple(step.sentence for step in plan.steps if step.action.changes_target)
    return work or ("Nothing on the target changes; only the version number does",)


def _also(plan: Plan) -> list[str]:
    lines = [f"{note.sentence}: edited here, and not applied before" for note in plan.notes if note.kind == "pending"]
    lines += downtime(plan)
    if idle := [step.key for step in plan.steps if step.action is Action.NOTHING and not _is_behind(plan, step.key)]:
        lines.append(_untouched(idle))
    if not plan.runs:
        lines.append("This target writes files; it starts nothing")
    if plan.generate:
        lines.append(f"Made up and kept sealed: {', '.join(plan.generate)}")
    return lines


def _is_behind(plan: Plan, key: str) -> bool:
    """Told of already: it stays at its version."""
    return plan.arrivals.get(key) is Arrival.BEHIND


def _untouched(keys: list[str]) -> str:
    if len(keys) > 4:
        return f"{len(keys)} components are not touched"
    return f"{', '.join(keys)} {'is' if len(keys) == 1 else 'are'} not touched"
