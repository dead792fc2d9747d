"""The confirmation of a plan: steps, decisions, risks and warnings."""

from __future__ import annotations

from dataclasses import dataclass

from upgrades_app.engine.inputs.message import MessageCode
from upgrades_app.engine.planning.plan import ComponentOutcome, Plan, StepAction
from upgrades_app.presenters.decision_summary import describe_downtime, summarize_decisions
from upgrades_app.presenters.messages import describe_message, describe_step

LISTED = 12
"""More lines than this of one kind are folded."""


@dataclass(frozen=True, slots=True)
class ConfirmSection:
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
class ConfirmSummary:
    """`risks` are what cannot be taken back, `warnings` what may go wrong."""

    sections: tuple[ConfirmSection, ...]
    risks: tuple[str, ...]
    warnings: tuple[str, ...]


def build_confirm_summary(plan: Plan) -> ConfirmSummary:
    summary = summarize_decisions(plan)
    parts = (
        ConfirmSection("", _list_work(plan)),
        ConfirmSection("You decided", summary.answers),
        ConfirmSection("Local changes, kept", summary.kept_values),
        ConfirmSection("Not applied", summary.pending),
        ConfirmSection("Also", (*summary.definitions, *_list_other_effects(plan))),
    )
    remaining = (f"{describe_message(note)}." for note in plan.notes if note.code is MessageCode.CREDENTIAL_ROTATION)
    return ConfirmSummary(tuple(part for part in parts if part.lines), summary.risks, tuple(remaining))


def _list_work(plan: Plan) -> tuple[str, ...]:
    work = tuple(describe_step(step) for step in plan.changing_steps)
    return work or ("Nothing changes on the target; only the version number changes",)


def _list_other_effects(plan: Plan) -> list[str]:
    lines = [
        f"{describe_message(note)} (pending edit, applied by this operation)"
        for note in plan.notes
        if note.code is MessageCode.PENDING_EDIT_APPLIED
    ]
    lines += describe_downtime(plan)
    if idle := [
        step.key for step in plan.steps if step.action is StepAction.NOTHING and not _is_left_behind(plan, step.key)
    ]:
        lines.append(_describe_untouched(idle))
    if not plan.starts_containers:
        lines.append("This target writes files; it starts no containers")
    if plan.generate:
        lines.append(f"Generated secrets: {', '.join(plan.generate)}")
    return lines


def _is_left_behind(plan: Plan, key: str) -> bool:
    """Whether it stays at its version, which another line describes."""
    return plan.outcomes.get(key) is ComponentOutcome.BEHIND


def _describe_untouched(keys: list[str]) -> str:
    if len(keys) > 4:
        return f"{len(keys)} components are unchanged"
    return f"{', '.join(keys)} {'is' if len(keys) == 1 else 'are'} unchanged"
