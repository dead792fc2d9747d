"""Live progress section of a record's page: steps, events, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.statuses import is_in_progress
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.planning.plan import StepAction
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep
from upgrades_app.models.record import UNCONFIRMED, Status
from upgrades_app.presenters.labels import VERBS, describe_running
from upgrades_app.presenters.messages import describe_step_effect


def describe_preparation(events: Sequence[UpgradeEvent]) -> str:
    """Return what happens before the first step; "" once a step has started."""
    kinds = {event.kind for event in events}
    if EventKind.STARTED in kinds or EventKind.DONE in kinds:
        return ""
    if EventKind.CHECKED not in kinds:
        return "Preflight checks are running. No changes have been made yet."
    last = events[-1]
    if last.kind == EventKind.PREPARING and last.step is not None:
        return f"{last.step.key}: {last.text}. No changes have been made yet."
    return "Images are being pulled. No changes have been made yet."


ENDED = {StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.ROLLED_BACK, StepStatus.ROLLBACK_FAILED}
ANNOUNCED_KINDS = {"done", "failed", "skipped", "step_rolled_back", "step_rollback_failed"}
TONES = {
    "done": "ok",
    "checked": "ok",
    "failed": "bad",
    "step_rollback_failed": "bad",
    "check_failed": "bad",
    "prepared": "ok",
    "warned": "warn",
    "retried": "warn",
    "rolling_back": "warn",
    "step_rolling_back": "warn",
    "step_rolled_back": "warn",
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the page."""

    name: str
    sentence: str
    status: str
    error: str = ""
    log_tail: str = ""
    attempt: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def duration(self) -> str:
        if self.started_at is None or self.ended_at is None or self.ended_at < self.started_at:
            return ""
        return f"{(self.ended_at - self.started_at).total_seconds():.1f} s"


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the log."""

    event: UpgradeEvent
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """`idle` is how many components had nothing to do; `announcement` is for screen readers, when a step ended."""

    steps: tuple[StepLine, ...]
    idle: int
    events: tuple[EventLine, ...]
    last_event: int
    done: int
    headline: str
    sentence: str
    tone: str
    icon: str
    is_running: bool
    complete: str
    announcement: str

    @property
    def total(self) -> int:
        return len(self.steps)


def build_progress_view(record: UpgradeRecord, after: int | None = None) -> ProgressView:
    """Build the progress of a record. `after` is the last event that the page shows."""
    rows = list(record.steps.without_documents())
    steps = tuple(_build_lines(record, rows))
    events = list(record.events.visible().with_step())
    headline, sentence, tone, icon = _describe_outcome(record, steps, events)
    return ProgressView(
        steps=steps,
        idle=sum(row.action == StepAction.NOTHING for row in rows),
        events=tuple(_build_event_line(event) for event in events if not _is_idle(event)),
        last_event=events[-1].pk if events else 0,
        done=sum(step.status in (ENDED if record.is_open else {StepStatus.DONE}) for step in steps),
        headline=headline,
        sentence=sentence,
        tone=tone,
        icon=icon,
        is_running=is_in_progress(record.status),
        complete=VERBS[record.kind].complete if record.succeeded else "",
        announcement=_build_announcement(record, events, after),
    )


def _build_lines(record: UpgradeRecord, rows: Sequence[UpgradeStep]) -> list[StepLine]:
    if rows:
        return [_build_line(row) for row in rows if row.action != StepAction.NOTHING]
    waiting = StepStatus.WAITING.value
    planned = record.stored_plan.steps if record.is_readable else ()
    steps = [step for step in planned if step.action is not StepAction.NOTHING]
    return [StepLine(_get_step_name(step.action, step.key), describe_step_effect(step), waiting) for step in steps]


def _build_line(row: UpgradeStep) -> StepLine:
    return StepLine(
        name=_get_step_name(row.action, row.key),
        sentence=row.sentence,
        status=row.status,
        error=row.error,
        log_tail=row.log_tail,
        attempt=row.attempt,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _build_event_line(event: UpgradeEvent) -> EventLine:
    """Build an event line. A finished step is shown by its name only: its start has the description."""
    step, text = event.step, event.text
    if step is not None and step.action != StepAction.FINISH:
        name = _get_step_name(step.action, step.key)
        if event.kind == "done":
            text = f"{name}: done"
        elif event.kind != "started" and not text.startswith(name):
            text = f"{name}: {text}"
    return EventLine(event, TONES.get(event.kind, ""), text)


def _is_idle(event: UpgradeEvent) -> bool:
    return event.step is not None and event.step.action == StepAction.NOTHING


def _get_step_name(action: str, key: str) -> str:
    match action:
        case StepAction.FINISH:
            return "Finish"
        case StepAction.REMOVE_VOLUME:
            return f"volume {key}"
    return key


def _describe_outcome(
    record: UpgradeRecord, steps: Sequence[StepLine], events: Sequence[UpgradeEvent]
) -> tuple[str, str, str, str]:
    """Headline, sentence, tone and icon."""
    if record.status in UNCONFIRMED:
        return _describe_not_started(record)
    if record.is_open:
        return _describe_running(record, steps, events)
    tone, icon = _ENDED_ICONS.get(record.status, ("bad", "alert"))
    return record.get_status_display(), record.result, tone, icon


_ENDED_ICONS: Mapping[str, tuple[str, str]] = {
    Status.SUCCEEDED: ("ok", "check"),
    Status.PARTIALLY_UPGRADED: ("warn", "half"),
    Status.ROLLED_BACK: ("warn", "undo"),
    Status.ABORTED: ("", "skip"),
}
"""Tone and icon of an ended record; any other status is an error."""


def _describe_not_started(record: UpgradeRecord) -> tuple[str, str, str, str]:
    if record.status == Status.DISCARDED:
        return "Discarded", "This plan was not confirmed. No changes were made.", "", "minus"
    if record.status == Status.SUPERSEDED:
        return "Superseded", record.result, "", "skip"
    return "Planned", "This plan is not confirmed yet. No changes were made.", "info", "ring"


def _describe_running(
    record: UpgradeRecord, steps: Sequence[StepLine], events: Sequence[UpgradeEvent]
) -> tuple[str, str, str, str]:
    if record.status == Status.QUEUED:
        return "Queued", "Waiting for a worker. You can leave this page.", "info", "waiting"
    if record.status == Status.ROLLING_BACK:
        return "Rolling back", _describe_rollback(steps), "warn", "undo"
    return describe_running(record), describe_preparation(events) or describe_current_step(steps), "info", "running"


def describe_current_step(steps: Sequence[StepLine]) -> str:
    """ "Step 2 of 4: worker"; between two steps "2 of 4 steps done, next is worker." """
    if now := _describe_position(steps, StepStatus.RUNNING):
        return now
    ended = sum(step.status in ENDED for step in steps)
    following = next((f", next is {step.name}" for step in steps if step.status == StepStatus.WAITING), "")
    return f"{ended} of {len(steps)} steps done{following}."


def _describe_rollback(steps: Sequence[StepLine]) -> str:
    back = sum(step.status in {StepStatus.ROLLED_BACK, StepStatus.ROLLBACK_FAILED} for step in steps)
    return (
        _describe_position(steps, StepStatus.ROLLING_BACK)
        or f"{back} step{'' if back == 1 else 's'} rolled back so far."
    )


def _describe_position(steps: Sequence[StepLine], status: StepStatus) -> str:
    number = next((i for i, step in enumerate(steps, 1) if step.status == status), 0)
    return f"Step {number} of {len(steps)}: {steps[number - 1].name}" if number else ""


def _build_announcement(record: UpgradeRecord, events: Sequence[UpgradeEvent], after: int | None) -> str:
    if after is None:
        return ""
    if record.has_ended:
        return record.result
    described = [
        event for event in events if event.pk > after and event.kind in ANNOUNCED_KINDS and event.step is not None
    ]
    if not described or described[-1].step is None:
        return ""
    last = described[-1].step
    return f"{_get_step_name(last.action, last.key)}: {last.get_status_display().lower()}"
