"""The part of a record's page that lives: steps, events, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.statuses import is_moving
from upgrades_app.engine.execution.run import EventKind
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.planning.plan import Action
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep
from upgrades_app.models.record import NOT_BEGUN, Status
from upgrades_app.presenters.labels import VERBS, at_work


def meanwhile(events: Sequence[UpgradeEvent]) -> str:
    """What goes on before the first step; "" once one was begun."""
    kinds = {event.kind for event in events}
    if EventKind.STARTED in kinds or EventKind.DONE in kinds:
        return ""
    if EventKind.CHECKED not in kinds:
        return "The target is asked whether anything stands in the way. Nothing has been changed yet."
    last = events[-1]
    if last.kind == EventKind.PREPARING and last.step is not None:
        return f"{last.step.key}: {last.text}. Nothing has been changed yet."
    return "What is not on the target yet is brought there. Nothing has been changed yet."


ENDED = {StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.UNDONE, StepStatus.UNDO_FAILED}
TELLING = {"done", "failed", "skipped", "undone", "undo_failed"}
TONES = {
    "done": "ok",
    "checked": "ok",
    "failed": "bad",
    "undo_failed": "bad",
    "objected": "bad",
    "prepared": "ok",
    "warned": "warn",
    "retried": "warn",
    "rolling_back": "warn",
    "undoing": "warn",
    "undone": "warn",
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as the page shows it."""

    name: str
    sentence: str
    status: str
    error: str = ""
    log_tail: str = ""
    attempt: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def took(self) -> str:
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
class Live:
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
    spins: bool
    complete: str
    announcement: str

    @property
    def total(self) -> int:
        return len(self.steps)


def live_of(record: UpgradeRecord, after: int | None = None) -> Live:
    """How a record stands now. `after` is the last event that the page has shown already."""
    rows = list(record.steps.light())
    steps = tuple(_lines(record, rows))
    events = list(record.events.told().with_step())
    headline, sentence, tone, icon = _outcome(record, steps, events)
    return Live(
        steps=steps,
        idle=sum(row.action == Action.NOTHING for row in rows),
        events=tuple(_event(event) for event in events if not _is_idle(event)),
        last_event=events[-1].pk if events else 0,
        done=sum(step.status in (ENDED if record.is_open else {StepStatus.DONE}) for step in steps),
        headline=headline,
        sentence=sentence,
        tone=tone,
        icon=icon,
        spins=is_moving(record.status),
        complete=VERBS[record.kind].complete if record.succeeded else "",
        announcement=_announcement(record, events, after),
    )


def _lines(record: UpgradeRecord, rows: Sequence[UpgradeStep]) -> list[StepLine]:
    if rows:
        return [_line(row) for row in rows if row.action != Action.NOTHING]
    waiting = StepStatus.WAITING.value
    planned = record.stored_plan.steps if record.is_readable else ()
    steps = [step for step in planned if step.action is not Action.NOTHING]
    return [StepLine(_name(step.action, step.key), _said(step.key, step.sentence), waiting) for step in steps]


def _line(row: UpgradeStep) -> StepLine:
    return StepLine(
        name=_name(row.action, row.key),
        sentence=_said(row.key, row.sentence),
        status=row.status,
        error=row.error,
        log_tail=row.log_tail,
        attempt=row.attempt,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _event(event: UpgradeEvent) -> EventLine:
    """A step that ended is told by its name: what it does was told when it started."""
    step, text = event.step, event.text
    if step is not None and step.action != Action.FINISH:
        name = _name(step.action, step.key)
        if event.kind == "done":
            text = f"{name}: done"
        elif event.kind != "started" and not text.startswith(name):
            text = f"{name}: {text}"
    return EventLine(event, TONES.get(event.kind, ""), text)


def _is_idle(event: UpgradeEvent) -> bool:
    return event.step is not None and event.step.action == Action.NOTHING


def _name(action: str, key: str) -> str:
    match action:
        case Action.FINISH:
            return "Finish"
        case Action.REMOVE_VOLUME:
            return f"volume {key}"
    return key


def _said(key: str, sentence: str) -> str:
    """The sentence without the name it begins with, which stands before it."""
    return sentence.removeprefix(f"volume {key} ").removeprefix(f"{key} ")


def _outcome(
    record: UpgradeRecord, steps: Sequence[StepLine], events: Sequence[UpgradeEvent]
) -> tuple[str, str, str, str]:
    """Headline, sentence, tone and icon."""
    if record.status in NOT_BEGUN:
        return _not_begun(record)
    if record.is_open:
        return _moving(record, steps, events)
    title, _, rest = record.result.partition(": ")
    match record.status:
        case Status.SUCCEEDED:
            return record.get_status_display(), record.result, "ok", "check"
        case Status.PARTIALLY_UPGRADED:
            return title, rest or record.result, "warn", "half"
        case Status.ROLLED_BACK:
            return title, rest or record.result, "warn", "undo"
        case Status.ABORTED:
            return record.get_status_display(), record.result, "", "skip"
    return title or record.get_status_display(), rest or record.result, "bad", "alert"


def _not_begun(record: UpgradeRecord) -> tuple[str, str, str, str]:
    if record.status == Status.DISCARDED:
        return "Discarded", "Nobody confirmed this plan, and nothing was changed.", "", "minus"
    if record.status == Status.OVERTAKEN:
        return "Overtaken", record.result, "", "skip"
    return "Planned", "Nothing has changed yet: this plan waits to be confirmed.", "info", "ring"


def _moving(
    record: UpgradeRecord, steps: Sequence[StepLine], events: Sequence[UpgradeEvent]
) -> tuple[str, str, str, str]:
    if record.status == Status.QUEUED:
        return "Queued", "A worker takes it up in a moment. You may leave this page.", "info", "waiting"
    if record.status == Status.ROLLING_BACK:
        return "Putting everything back", _undoing(steps), "warn", "undo"
    return at_work(record), meanwhile(events) or working(steps), "info", "running"


def working(steps: Sequence[StepLine]) -> str:
    """ "Step 2 of 4: worker"; between two steps "2 of 4 steps done, next is worker." """
    if now := _at(steps, StepStatus.RUNNING):
        return now
    ended = sum(step.status in ENDED for step in steps)
    following = next((f", next is {step.name}" for step in steps if step.status == StepStatus.WAITING), "")
    return f"{ended} of {len(steps)} steps done{following}."


def _undoing(steps: Sequence[StepLine]) -> str:
    back = sum(step.status in {StepStatus.UNDONE, StepStatus.UNDO_FAILED} for step in steps)
    return _at(steps, StepStatus.UNDOING) or f"{back} step{'' if back == 1 else 's'} put back so far."


def _at(steps: Sequence[StepLine], status: StepStatus) -> str:
    number = next((i for i, step in enumerate(steps, 1) if step.status == status), 0)
    return f"Step {number} of {len(steps)}: {steps[number - 1].name}" if number else ""


def _announcement(record: UpgradeRecord, events: Sequence[UpgradeEvent], after: int | None) -> str:
    if after is None:
        return ""
    if record.has_ended:
        return record.result
    described = [event for event in events if event.pk > after and event.kind in TELLING and event.step is not None]
    if not described or described[-1].step is None:
        return ""
    last = described[-1].step
    return f"{_name(last.action, last.key)}: {last.get_status_display().lower()}"
