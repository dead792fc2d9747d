"""The comparison of a plan: one row per component and per field, before and after."""

from enum import StrEnum, auto

from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.field_meta import Impact
from upgrades_app.engine.inputs.message import Message, MessageCode


class Provenance(StrEnum):
    """Where a value, or a component as a whole, comes from."""

    NONE = auto()
    TEMPLATE = auto()
    PREVIOUS = auto()
    """The state that a rollback returns to."""
    EDIT = auto()
    """Edited by the operator, and applied by a change."""
    ANSWER = auto()
    PARAMETER = auto()
    SAME = auto()
    LOCAL_KEPT = auto()
    LOCAL_PENDING = auto()
    CHOSEN_LOCAL = auto()
    CHOSEN_TEMPLATE = auto()
    UNDECIDED = auto()
    UNDECIDED_REMOVAL = auto()
    DROPPED_BY_TEMPLATE = auto()
    ABSENT_BEFORE = auto()
    DRIFT_EDITED = auto()
    """Drift at a place with a pending edit, which is kept."""
    NEVER_APPLIED = auto()
    NEVER_REMOVED = auto()
    APPLIED_SINCE = auto()
    REMOVED_SINCE = auto()

    @property
    def is_local(self) -> bool:
        """Whether the value is the operator's own."""
        return self in _LOCAL

    @property
    def is_pending(self) -> bool:
        """Whether the target does not have it once the plan is done."""
        return self in _PENDING


_LOCAL = frozenset(
    {
        Provenance.LOCAL_KEPT,
        Provenance.LOCAL_PENDING,
        Provenance.CHOSEN_LOCAL,
        Provenance.DROPPED_BY_TEMPLATE,
        Provenance.ABSENT_BEFORE,
        Provenance.DRIFT_EDITED,
        Provenance.NEVER_APPLIED,
        Provenance.APPLIED_SINCE,
    }
)
_PENDING = frozenset(
    {Provenance.NEVER_APPLIED, Provenance.NEVER_REMOVED, Provenance.APPLIED_SINCE, Provenance.REMOVED_SINCE}
)


class ValueProvenance(Record):
    """The provenance with its data: the parameters a value comes from, or the former value of the operator."""

    kind: Provenance = Provenance.NONE
    parameters: tuple[str, ...] = ()
    former_value: str | None = None


NO_PROVENANCE = ValueProvenance()


class OtherSide(StrEnum):
    """Which side `FieldRow.other_value` is of."""

    TEMPLATE = auto()
    PREVIOUS = auto()


class PendingState(StrEnum):
    """Why a desired value is pending: it was never applied, or the rollback reverts the operation that applied it."""

    NEVER_APPLIED = auto()
    REVERTED = auto()


class FieldRow(Record):
    """One field: rendered text of both sides (None: absent), and the provenance of the new text.

    `after_code` stands for a text that is not of the document. `other_value` is the value of the other side where the
    operator's own is used. `pending` marks a desired value that the target does not have once the plan is done;
    `pending_value` is it (None: removed). `is_component_secret` marks the new value of a secret that a component uses.
    """

    path: tuple[str, ...]
    label: str
    symbol: str
    before: str | None = None
    after: str | None = None
    after_code: MessageCode | None = None
    provenance: ValueProvenance = NO_PROVENANCE
    other_value: str | None = None
    other_side: OtherSide = OtherSide.TEMPLATE
    pending: PendingState | None = None
    pending_value: str | None = None
    impact: Impact = Impact.NONE
    secret: bool = False
    is_component_secret: bool = False

    @property
    def address(self) -> str:
        return ".".join(self.path)

    @property
    def changes(self) -> bool:
        """Whether the target gets something else; a local change that is kept is listed, and changes nothing."""
        return self.symbol != "="


class ComponentRow(Record):
    """One component. Symbols: + new, ~ changed, ± replaced, − removed, = unchanged. `effect`: what happens to it."""

    key: str
    symbol: str
    effect: Message
    data_at_risk: str = ""
    provenance: ValueProvenance = NO_PROVENANCE
    fields: tuple[FieldRow, ...] = ()
