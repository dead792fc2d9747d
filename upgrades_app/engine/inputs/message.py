"""Typed messages of plans and runs. `upgrades_app.presenters.messages` has the text of each code."""

from collections.abc import Mapping
from enum import StrEnum, auto

from pydantic import Field

from templates_app.appspec.schema.component import Record


class MessageCode(StrEnum):
    """What a message is about. The parameters of each code are those of its text in the catalogue."""

    # Steps
    STEP_CREATE = auto()
    STEP_UPDATE = auto()
    STEP_RESTART = auto()
    STEP_RECREATE = auto()
    STEP_REMOVE = auto()
    STEP_NOTHING = auto()
    STEP_WRITE = auto()
    STEP_REWRITE = auto()
    STEP_DELETE = auto()
    STEP_CREATE_MISSING = auto()
    STEP_APPLY_UNKNOWN = auto()
    STEP_START_STOPPED = auto()
    STEP_RECREATE_SHARED_NETWORK = auto()
    STEP_NOT_ON_TARGET = auto()
    STEP_REMOVE_VOLUME = auto()
    STEP_FINISH = auto()
    STEP_COMMIT = auto()
    # Questions
    CONFLICT = auto()
    REMOVED_FROM_TEMPLATE = auto()
    REMOVED_FROM_TEMPLATE_EDITED = auto()
    REMOVED_BY_ROLLBACK = auto()
    REMOVED_BY_ROLLBACK_EDITED = auto()
    PARAMETER = auto()
    PARAMETER_NEW = auto()
    PARAMETER_INVALID = auto()
    PARAMETER_REQUIRED = auto()
    DATA_AT_RISK = auto()
    VOLUME_UNUSED = auto()
    DRIFTED = auto()
    UNMANAGED = auto()
    PORT_CHANGED = auto()
    # Details of questions
    PREVIOUS_VALUE = auto()
    FIXED_BY_VERSION = auto()
    DESCRIPTION = auto()
    LIVE_STATE_LOST = auto()
    TEMPLATE_PORT = auto()
    # Options
    USE_VALUE = auto()
    KEEP_LOCAL = auto()
    TAKE_TEMPLATE = auto()
    TAKE_PREVIOUS = auto()
    REMOVE_COMPONENT = auto()
    REMOVE_COMPONENT_FILES = auto()
    KEEP_COMPONENT = auto()
    ACCEPT_DATA_RISK = auto()
    KEEP_VOLUME = auto()
    DELETE_VOLUME = auto()
    REVERT_DRIFT = auto()
    REMOVE_UNMANAGED = auto()
    IGNORE_DRIFT = auto()
    # Notes
    PENDING_EDIT_APPLIED = auto()
    COMPONENT_STAYS_REMOVED = auto()
    VERSION_ONLY = auto()
    CREDENTIAL_ROTATION = auto()
    STAYS_PENDING = auto()
    PENDING_AGAIN = auto()
    REMOVAL_STAYS_PENDING = auto()
    REMOVAL_PENDING_AGAIN = auto()
    # Blockers
    INVALID_SPEC = auto()
    DEPENDENCY_LEFT_BEHIND = auto()
    SHARED_CHANGE = auto()
    DEPENDENCY_STOPPED = auto()
    # Events of a run
    TEXT = auto()
    """Text of a driver or an operator, verbatim."""
    CHECKS_PASSED = auto()
    PULLING = auto()
    PULL_STARTED = auto()
    PREPARED = auto()
    RETRY = auto()
    STEP_SKIPPED = auto()
    STEP_NOT_REACHED = auto()
    FINISH_NOT_REACHED = auto()
    ROLLBACK_STARTED = auto()
    STEP_ROLLING_BACK = auto()
    FINISH_ROLLING_BACK = auto()
    NOTHING_TO_ROLL_BACK = auto()
    VOLUME_NOT_DELETED = auto()
    COMPONENT_UNTOUCHED = auto()
    COMPONENT_REMOVED = auto()
    COMPONENT_ABSENT_BEFORE = auto()
    NOT_RESTORED = auto()
    # Outcomes of a run
    SUCCEEDED_AT = auto()
    SUCCEEDED_UNINSTALL = auto()
    SUCCEEDED_CHANGE = auto()
    WRITTEN_VERSION = auto()
    WRITTEN_CHANGES = auto()
    WRITTEN_UNINSTALL = auto()
    PARTIAL_AT = auto()
    PARTIAL = auto()
    FAILED = auto()
    RESTORED_AT = auto()
    RESTORED = auto()
    NOT_INSTALLED = auto()
    ROLLBACK_FAILED = auto()
    # Values that are no text of the document
    SECRET_CHANGED = auto()
    OTHER_VALUE = auto()
    GENERATED = auto()
    NO_VALUE = auto()
    VOLUME_EXISTS = auto()


class Message(Record):
    """A code with its named parameters."""

    code: MessageCode
    params: Mapping[str, str] = Field(default_factory=dict)


def build_message(code: MessageCode, **params: str) -> Message:
    """Return a message with these parameters."""
    return Message(code=code, params=params)
