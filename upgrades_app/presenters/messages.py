"""The text of every message code, and of the records of a plan. Without Django: engine tests and commands use it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from templates_app.appspec.diff.field_change import describe_path
from templates_app.appspec.schema.errors import Fault
from upgrades_app.engine.inputs.message import Message, MessageCode
from upgrades_app.engine.inputs.plan_rows import (
    ComponentRow,
    FieldRow,
    OtherSide,
    PendingState,
    Provenance,
    ValueProvenance,
)
from upgrades_app.engine.inputs.question import Option, Question, QuestionKind
from upgrades_app.engine.planning.plan import Blocker, Step, StepAction

MESSAGES: Final[Mapping[MessageCode, str]] = {
    MessageCode.STEP_CREATE: "is created",
    MessageCode.STEP_UPDATE: "is changed in place, without a restart",
    MessageCode.STEP_RESTART: "is restarted",
    MessageCode.STEP_RECREATE: "is recreated",
    MessageCode.STEP_REMOVE: "is removed",
    MessageCode.STEP_NOTHING: "is unchanged",
    MessageCode.STEP_WRITE: "is written",
    MessageCode.STEP_REWRITE: "is updated in the repository",
    MessageCode.STEP_DELETE: "is removed from the repository",
    MessageCode.STEP_CREATE_MISSING: "is missing on the target and is created again",
    MessageCode.STEP_APPLY_UNKNOWN: "is in an unknown state and is applied again",
    MessageCode.STEP_START_STOPPED: "is stopped on the target and is started, because {dependent} depends on it",
    MessageCode.STEP_RECREATE_SHARED_NETWORK: "is recreated, because it shares the network of {owner}",
    MessageCode.STEP_NOT_ON_TARGET: "is not on the target",
    MessageCode.STEP_REMOVE_VOLUME: "and its data are deleted",
    MessageCode.STEP_FINISH: "the changes are finalized",
    MessageCode.STEP_COMMIT: "the changes are committed",
    MessageCode.CONFLICT: "{field} has a local value and a new value",
    MessageCode.REMOVED_FROM_TEMPLATE: "{component} is no longer part of {version}",
    MessageCode.REMOVED_FROM_TEMPLATE_EDITED: "{component} is no longer part of {version}, and has local changes",
    MessageCode.REMOVED_BY_ROLLBACK: "{component} was added after {version}; the rollback removes it",
    MessageCode.REMOVED_BY_ROLLBACK_EDITED: (
        "{component} was added after {version} and has local changes; the rollback removes it"
    ),
    MessageCode.PARAMETER: "{label}",
    MessageCode.PARAMETER_NEW: "{label} is new in {version}",
    MessageCode.PARAMETER_INVALID: "'{value}' is not a valid choice for {label}",
    MessageCode.PARAMETER_REQUIRED: "{label} needs a value",
    MessageCode.DATA_AT_RISK: "The data of {component} may be at risk: {reason}",
    MessageCode.VOLUME_UNUSED: "Volume {volume}, written by {components}, is no longer used",
    MessageCode.DRIFTED: "{component} was changed on the target since it was last applied",
    MessageCode.UNMANAGED: "{component} is on the target, but is not managed by this application",
    MessageCode.PORT_CHANGED: "Port {port} of {component} is published on",
    MessageCode.PREVIOUS_VALUE: "previously {value}",
    MessageCode.FIXED_BY_VERSION: "{version} fixes this value",
    MessageCode.DESCRIPTION: "{text}",
    MessageCode.LIVE_STATE_LOST: "The live state is lost. To keep it, accept the drift first.",
    MessageCode.TEMPLATE_PORT: "the template publishes {binding}",
    MessageCode.USE_VALUE: "{text}",
    MessageCode.KEEP_LOCAL: "Keep local value: {text}",
    MessageCode.TAKE_TEMPLATE: "Use template value: {text}",
    MessageCode.TAKE_PREVIOUS: "Restore previous value: {text}",
    MessageCode.REMOVE_COMPONENT: "Remove {id}; its volumes are kept",
    MessageCode.REMOVE_COMPONENT_FILES: "Remove {id}",
    MessageCode.KEEP_COMPONENT: "Keep {id} as a local component",
    MessageCode.ACCEPT_DATA_RISK: "I have a backup, or can lose the data",
    MessageCode.KEEP_VOLUME: "Keep its data",
    MessageCode.DELETE_VOLUME: "Delete it and its data permanently",
    MessageCode.REVERT_DRIFT: "Revert drift",
    MessageCode.REMOVE_UNMANAGED: "Remove it",
    MessageCode.IGNORE_DRIFT: "Leave it unchanged on the target",
    MessageCode.PENDING_EDIT_APPLIED: "{component} {change}",
    MessageCode.COMPONENT_STAYS_REMOVED: "{component} was removed locally, and stays removed",
    MessageCode.VERSION_ONLY: "Only the version number changes",
    MessageCode.CREDENTIAL_ROTATION: "{text}",
    MessageCode.STAYS_PENDING: "Stays pending: {subject}",
    MessageCode.PENDING_AGAIN: "Becomes pending again: {subject}",
    MessageCode.REMOVAL_STAYS_PENDING: "Stays pending: the removal of {subject}",
    MessageCode.REMOVAL_PENDING_AGAIN: "Becomes pending again: the removal of {subject}",
    MessageCode.INVALID_SPEC: "{message}",
    MessageCode.DEPENDENCY_LEFT_BEHIND: "{component} depends on {dependency}, which is not selected. Select both or none.",
    MessageCode.SHARED_CHANGE: "changes too, by what it shares with selected components{changes}. Select it as well.",
    MessageCode.DEPENDENCY_STOPPED: (
        "depends on {dependency}, which is stopped and has drift. Start it on the target, or revert the drift."
    ),
    MessageCode.TEXT: "{text}",
    MessageCode.CHECKS_PASSED: "All preflight checks passed",
    MessageCode.PULLING: "pulling {subject}: {done} of {total}",
    MessageCode.PULL_STARTED: "pulling {subject}",
    MessageCode.PREPARED: "{subject} is on the target",
    MessageCode.RETRY: "{error} (attempt {attempt} in {seconds} s)",
    MessageCode.STEP_SKIPPED: "{step} is skipped: a component it depends on failed",
    MessageCode.STEP_NOT_REACHED: "{step} was not reached",
    MessageCode.FINISH_NOT_REACHED: "the last step was not reached",
    MessageCode.ROLLBACK_STARTED: "Rolling back in reverse order",
    MessageCode.STEP_ROLLING_BACK: "{step} is rolled back",
    MessageCode.FINISH_ROLLING_BACK: "the last step is rolled back",
    MessageCode.NOTHING_TO_ROLL_BACK: "nothing to roll back",
    MessageCode.VOLUME_NOT_DELETED: "nothing to roll back: the volume was not deleted",
    MessageCode.COMPONENT_UNTOUCHED: "{step} is unchanged",
    MessageCode.COMPONENT_REMOVED: "{step} is removed again",
    MessageCode.COMPONENT_ABSENT_BEFORE: "{step} was not part of the application before",
    MessageCode.NOT_RESTORED: "{step} is not on the target as it was before",
    MessageCode.SUCCEEDED_AT: "Succeeded: at {version}",
    MessageCode.SUCCEEDED_UNINSTALL: "Succeeded: uninstalled",
    MessageCode.SUCCEEDED_CHANGE: "Succeeded: the changes are applied",
    MessageCode.WRITTEN_VERSION: "{version} {summary}",
    MessageCode.WRITTEN_CHANGES: "Changes {summary}",
    MessageCode.WRITTEN_UNINSTALL: "Uninstalled, {summary}",
    MessageCode.PARTIAL_AT: "Partially upgraded: {done} of {total} components at {version}",
    MessageCode.PARTIAL: "Partially completed: {done} of {total} components as planned",
    MessageCode.FAILED: "Failed, nothing was changed: {error}",
    MessageCode.RESTORED_AT: "Failed; rolled back to {version}",
    MessageCode.RESTORED: "Failed; rolled back",
    MessageCode.NOT_INSTALLED: "Failed; rolled back, not installed",
    MessageCode.ROLLBACK_FAILED: "Rollback failed",
    MessageCode.SECRET_CHANGED: "changed",
    MessageCode.OTHER_VALUE: "another value",
    MessageCode.GENERATED: "generated when the plan runs",
    MessageCode.NO_VALUE: "no value",
    MessageCode.VOLUME_EXISTS: "exists already; its data is used",
}
"""Message code to its text, with named parameters in braces."""

PROVENANCE: Final[Mapping[Provenance, str]] = {
    Provenance.NONE: "",
    Provenance.TEMPLATE: "from the template",
    Provenance.PREVIOUS: "previous value",
    Provenance.EDIT: "local change",
    Provenance.ANSWER: "your answer",
    Provenance.PARAMETER: "from parameter {parameters}",
    Provenance.SAME: "same on both sides",
    Provenance.LOCAL_KEPT: "local value, kept",
    Provenance.LOCAL_PENDING: "local value, not applied yet",
    Provenance.CHOSEN_LOCAL: "local value, chosen by you",
    Provenance.CHOSEN_TEMPLATE: "chosen by you; the local value was {former}",
    Provenance.UNDECIDED: "not decided",
    Provenance.UNDECIDED_REMOVAL: "removal not decided",
    Provenance.DROPPED_BY_TEMPLATE: "local value; the template no longer has this parameter",
    Provenance.ABSENT_BEFORE: "local value; the parameter did not exist before",
    Provenance.DRIFT_EDITED: "has a pending edit, which is kept",
    Provenance.NEVER_APPLIED: "local change, never applied; stays pending",
    Provenance.NEVER_REMOVED: "removal never applied; stays pending",
    Provenance.APPLIED_SINCE: "local change, applied with the upgrade; becomes pending again",
    Provenance.REMOVED_SINCE: "removal applied with the upgrade; becomes pending again",
}

NOT_SET = "not set"


def describe_message(message: Message) -> str:
    """Return the text of a message."""
    if message.code is MessageCode.PREVIOUS_VALUE and "value" not in message.params:
        return "previously not set"
    text = MESSAGES[message.code].format_map(message.params)
    detail = message.params.get("detail")
    return f"{text} ({detail})" if detail else text


def describe_step(step: Step) -> str:
    """Return "web is recreated: image redis:7 → redis:8"."""
    name = get_step_name(step)
    text = describe_step_effect(step)
    return f"{name} {text}" if name else text


def describe_step_effect(step: Step) -> str:
    """Return the text of a step without its name."""
    changes = [*step.changes, *(f"secret {name} changed" for name in step.changed_secrets)]
    more = f" and {step.more_changes} more" if step.more_changes else ""
    causes = f": {', '.join(changes)}{more}" if changes else ""
    return f"{describe_message(step.reason)}{causes}"


def get_step_name(step: Step) -> str:
    """Return the component's key, "volume data", or "" for the last step."""
    return f"volume {step.key}" if step.action is StepAction.REMOVE_VOLUME else step.key


def describe_question(question: Question) -> str:
    """Return the text of a question; a conflict has both values."""
    text = describe_message(question.prompt)
    if question.kind is QuestionKind.CONFLICT:
        local, other = (option_text(option) for option in question.options)
        return f"{text}: {local} or {other}?"
    return text


def option_text(option: Option) -> str:
    """Return the value that an option stands for."""
    return NOT_SET if option.text is None else option.text


def describe_option(question: Question, option: Option) -> str:
    """Return the label of an option."""
    return MESSAGES[option.code].format_map({"text": option_text(option), "id": question.id})


def describe_detail(question: Question) -> str:
    """Return the additional information of a question, or ""."""
    return "" if question.detail is None else describe_message(question.detail)


def describe_blocker(blocker: Blocker) -> str:
    """Return "components.web: there is no component db"."""
    return str(build_fault(blocker))


def build_fault(blocker: Blocker) -> Fault:
    """Return a blocker as a path with a message."""
    return Fault(blocker.path, describe_message(blocker))


def describe_provenance(provenance: ValueProvenance) -> str:
    """Return "from parameter WEB_IMAGE"."""
    params = {"parameters": ", ".join(provenance.parameters), "former": provenance.former_value or NOT_SET}
    return PROVENANCE[provenance.kind].format_map(params)


def describe_component_effect(row: ComponentRow) -> str:
    """Return what happens to a component: "is recreated"."""
    return describe_message(row.effect)


def describe_after(row: FieldRow) -> str | None:
    """Return the new value of a field; None where there is none."""
    return row.after if row.after_code is None else MESSAGES[row.after_code]


def describe_row_provenance(row: FieldRow) -> str:
    """Return "local value, kept; the template has debug"."""
    other = "" if row.other_value is None else _describe_other_value(row, row.other_value)
    return "; ".join(filter(None, [describe_provenance(row.provenance), other, _describe_pending(row)]))


def _describe_other_value(row: FieldRow, value: str) -> str:
    if row.other_side is OtherSide.PREVIOUS:
        return f"previously {value}"
    match row.path[2:]:
        case ("ports", port, binding):
            return f"the template publishes {binding or f'{port} at any free port'}"
        case ("depends_on", key):
            return f"the template depends on {key}{'' if value == 'started' else f', {value}'}"
        case ("networks", name):
            return f"the template joins {name}{value.removeprefix('joined')}"
    return f"the template has {value}"


def _describe_pending(row: FieldRow) -> str:
    if row.pending is None:
        return ""
    effect = (
        "applied with the upgrade, becomes pending again"
        if row.pending is PendingState.REVERTED
        else "never applied, stays pending"
    )
    subject = "removal" if row.pending_value is None else f"edit {row.pending_value}"
    return f"{subject}, {effect}"


def describe_field(row: FieldRow) -> str:
    """Return "image redis:7 → redis:8 (from the template)"."""
    provenance = describe_row_provenance(row)
    source = f" ({provenance})" if provenance else ""
    label = get_field_label(row)
    after = describe_after(row)
    if row.symbol == "+":
        return f"{label} added{f': {after}' if after else ''}{source}"
    if row.symbol == "−":
        return f"{label} removed{source}"
    if row.symbol == "=":
        return f"{label} {after if after is not None else NOT_SET}{source}"
    return f"{label} {row.before} → {after}{source}"


def get_field_label(row: FieldRow) -> str:
    """Return "secret DB_PASSWORD" for a secret that a component uses, else the label of the row."""
    return f"secret {row.label}" if row.is_component_secret else row.label


def describe_place(path: tuple[str, ...]) -> str:
    """Return "WORKERS" or "web env LOG_LEVEL"."""
    if path[0] == "parameters":
        return path[-1]
    return f"{path[1]} {describe_path(path)}" if path[0] == "components" and len(path) > 2 else describe_path(path)
