from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps_app.actions.refresh_observations import read_observations
from apps_app.drivers.base import DriverError
from apps_app.models import Application, Component
from apps_app.presenters.component_status import ComponentStatus
from apps_app.presenters.topology_view import ComponentLineView


@dataclass(frozen=True, slots=True)
class Freshness:
    """`live`: asked for this very page; else `at` is when it was seen last (None: never), and `error` why not now."""

    live: bool = False
    at: datetime | None = None
    error: str = ""


def read_last_observed(application: Application, rows: Sequence[Component]) -> Freshness:
    """As kept, the target unasked."""
    times = [row.observation.at for row in rows if hasattr(row, "observation")]
    return Freshness(at=max(times, default=None))


def refresh_now(application: Application, rows: Sequence[Component]) -> Freshness:
    """Asks the target, and lets the rows show what it says; where it does not answer, they stay as last seen."""
    try:
        observations = {observation.component_id: observation for observation in read_observations(application, rows)}
    except DriverError as error:
        return Freshness(at=read_last_observed(application, rows).at, error=str(error))
    for row in rows:
        if row.pk in observations:
            row.observation = observations[row.pk]
    return Freshness(live=bool(observations))


def get_refresh_trigger(application: Application, sight: Freshness) -> str:
    """When a page asks the target, as htmx says it: at once, and again and again where things run."""
    if application.target is None:
        return ""
    repeated = ["every 3s"] if application.target.starts_containers else []
    return ", ".join(repeated if sight.live or sight.error else ["load", *repeated])


def compute_page_digest(lines: Iterable[ComponentLineView], sight: Freshness) -> str:
    """Another one whenever a page would show something else."""
    return _compute_digest([(line.key, line.image, *_list_status_texts(line.state)) for line in lines], sight)


def compute_component_digest(state: ComponentStatus, sight: Freshness, *also: object) -> str:
    """The same of a page about one component, and what else it shows."""
    return _compute_digest([(*_list_status_texts(state), *also)], sight)


def _list_status_texts(state: ComponentStatus) -> tuple[object, ...]:
    return state.value, state.label, state.detail


def _compute_digest(shown: Sequence[tuple[object, ...]], sight: Freshness) -> str:
    return hashlib.sha256(repr((shown, sight.live, sight.error)).encode()).hexdigest()[:16]
