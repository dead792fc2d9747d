"""What a record's page says of the time before its first step: what is asked, and what is being brought."""

from __future__ import annotations

from collections.abc import Sequence

from upgrades_app.engine.run import EventKind
from upgrades_app.models import UpgradeEvent


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
