"""Text of the outcome and the events of a run, for records, pages and commands."""

from collections.abc import Mapping

from apps_app.presenters.preflight_messages import describe_issue
from upgrades_app.engine.execution.run import LostState, LostStep, RunEvent, RunOutcome
from upgrades_app.engine.execution.status_machine import RecordStatus
from upgrades_app.engine.planning.plan import Step
from upgrades_app.presenters.messages import describe_message, describe_step

_LOST: Mapping[LostState, str] = {
    LostState.PLANNED: "{key} at {detail}",
    LostState.UNKNOWN: "{key} in an unknown state",
    LostState.MISSING: "{key} missing",
    LostState.NOT_WRITTEN: "{key} not written",
    LostState.OLD_FILES_MISSING: "{key} not written as it was before",
    LostState.LIVE: "{key} {detail}",
    LostState.VOLUME_DELETED: "volume {key} deleted",
}


def describe_outcome(outcome: RunOutcome) -> str:
    """Return for example "Failed, nothing was changed: web: Port 8080/tcp is in use by container proxy."."""
    if outcome.issues:
        return f"Failed, nothing was changed: {' '.join(map(describe_issue, outcome.issues))}"
    params = outcome.message.params
    volumes = f", volume {params['volumes']} not deleted" if params.get("volumes") else ""
    written = (
        f", {params['summary']}" if outcome.status is RecordStatus.PARTIALLY_UPGRADED and params.get("summary") else ""
    )
    lost = f": {', '.join(map(_describe_lost, outcome.lost))}. Resolve this now." if outcome.lost else ""
    return f"{describe_message(outcome.message)}{volumes}{written}{lost}"


def describe_event(event: RunEvent, step: Step | None) -> str:
    """Return the text of an event; that of a step which started or ended is the step's."""
    if event.issue is not None:
        return describe_issue(event.issue)
    if event.message is not None:
        return describe_message(event.message)
    return event.text or ("" if step is None else describe_step(step))


def _describe_lost(lost: LostStep) -> str:
    detail = lost.detail.replace("_", " ")
    if lost.state is LostState.PLANNED and not detail:
        return f"{lost.key} as planned"
    return _LOST[lost.state].format_map({"key": lost.key, "detail": detail})
