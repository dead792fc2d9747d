"""How fresh what a page shows of a target is: seen this moment, or some time ago, and why not now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps_app.actions.refresh_observations import look
from apps_app.drivers.base import DriverError
from apps_app.models import Application, Component
from apps_app.presenters.component_status import ComponentState
from apps_app.presenters.topology_view import ComponentLine


@dataclass(frozen=True, slots=True)
class Sight:
    """`live`: asked for this very page; else `at` is when it was seen last (None: never), and `error` why not now."""

    live: bool = False
    at: datetime | None = None
    error: str = ""


def last_seen(application: Application, rows: Sequence[Component]) -> Sight:
    """As kept, the target unasked."""
    times = [row.observation.at for row in rows if hasattr(row, "observation")]
    return Sight(at=max(times, default=None))


def seen_now(application: Application, rows: Sequence[Component]) -> Sight:
    """Asks the target, and lets the rows show what it says; where it does not answer, they stay as last seen."""
    try:
        observations = {observation.component_id: observation for observation in look(application, rows)}
    except DriverError as error:
        return Sight(at=last_seen(application, rows).at, error=str(error))
    for row in rows:
        if row.pk in observations:
            row.observation = observations[row.pk]
    return Sight(live=bool(observations))


def when_to_ask(application: Application, sight: Sight) -> str:
    """When a page asks the target, as htmx says it: at once, and again and again where things run."""
    if application.target is None:
        return ""
    repeated = ["every 3s"] if application.target.runs else []
    return ", ".join(repeated if sight.live or sight.error else ["load", *repeated])


def mark_of(lines: Iterable[ComponentLine], sight: Sight) -> str:
    """Another one whenever a page would show something else."""
    return _mark([(line.key, line.image, *_told(line.state)) for line in lines], sight)


def mark_of_one(state: ComponentState, sight: Sight, *also: object) -> str:
    """The same of a page about one component, and what else it shows."""
    return _mark([(*_told(state), *also)], sight)


def _told(state: ComponentState) -> tuple[object, ...]:
    return state.value, state.word, state.detail


def _mark(shown: Sequence[tuple[object, ...]], sight: Sight) -> str:
    return hashlib.sha256(repr((shown, sight.live, sight.error)).encode()).hexdigest()[:16]
