"""A plan as data: steps, questions, blockers and comparison. It serializes to JSON without any secret."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, JsonValue

from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import to_canonical_json, to_plain
from upgrades_app.engine.inputs.component_part import PartSpec
from upgrades_app.engine.inputs.message import Message, MessageCode
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.inputs.question import Question


class StepAction(StrEnum):
    """What one step does on the target."""

    CREATE = "create"
    UPDATE = "update"
    RESTART = "restart"
    RECREATE = "recreate"
    REMOVE = "remove"
    NOTHING = "nothing"
    REMOVE_VOLUME = "remove_volume"
    FINISH = "finish"

    @property
    def concerns_component(self) -> bool:
        """A step's key is a component's; else it is a volume's, or none."""
        return self not in {StepAction.REMOVE_VOLUME, StepAction.FINISH}

    @property
    def changes_component(self) -> bool:
        return self in {
            StepAction.CREATE,
            StepAction.UPDATE,
            StepAction.RESTART,
            StepAction.RECREATE,
            StepAction.REMOVE,
        }

    @property
    def changes_target(self) -> bool:
        return self not in {StepAction.NOTHING, StepAction.FINISH}


class ComponentOutcome(StrEnum):
    """What becomes of a template's component in the installation once the plan is done."""

    PRESENT = "present"
    BEHIND = "behind"
    REMOVED_LOCALLY = "removed_locally"
    DECLINED = "declined"
    KEPT_AS_OWN = "kept_as_own"
    REMOVED = "removed"


class PlanState(StrEnum):
    NOTHING_TO_DO = "nothing to do"
    BLOCKED = "blocked"
    QUESTIONS_OPEN = "questions open"
    READY = "ready"


class Step(Record):
    """One component's part of a plan, a volume to delete, or the end. `key` is the component's or the volume's.

    `changes` are the first field changes that cause it, `more_changes` the number of the others.
    """

    position: int
    wave: int
    key: str
    action: StepAction
    reason: Message
    changes: tuple[str, ...] = ()
    changed_secrets: tuple[str, ...] = ()
    more_changes: int = 0
    impact: Impact = Impact.NONE
    data_at_risk: str = ""
    before: PartSpec | None = None
    after: PartSpec | None = None
    waits_for: tuple[str, ...] = ()


class PlanNote(Message):
    """Information about a plan that needs no answer."""

    path: tuple[str, ...] = ()


class Blocker(Message):
    """Why the plan cannot be confirmed, and the path to fix; `params` of INVALID_SPEC has the fault's message."""

    path: str

    @classmethod
    def from_fault(cls, fault: Fault) -> Self:
        return cls(code=MessageCode.INVALID_SPEC, params={"message": fault.message}, path=fault.path)


PLAN_VERSION = 2
"""Plans that were stored in another version have to be planned again."""


class Plan(Record):
    """The ordered steps and all that the operator confirms with them.

    `spec` and `values` are the desired state once done, unrendered; `applied` is the document that the target has then,
    where that is not all that is desired (None: it is); `generate` has the secrets to generate, with their rule,
    before the plan runs; `outcomes` has the outcome of each template component; `fingerprint` covers the planning
    input; `definitions` are the volumes and networks that are added, changed and removed.
    """

    version: Literal[2]
    kind: OperationKind
    application: str
    template: str = ""
    from_version: str = ""
    to_version: str = ""
    spec: AppSpec = AppSpec()
    applied: AppSpec | None = None
    values: Mapping[str, str] = Field(default_factory=dict)
    generate: Mapping[str, str] = Field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    components: tuple[ComponentRow, ...] = ()
    parameters: tuple[FieldRow, ...] = ()
    definitions: tuple[FieldRow, ...] = ()
    notes: tuple[PlanNote, ...] = ()
    outcomes: Mapping[str, ComponentOutcome] = Field(default_factory=dict)
    starts_containers: bool = True
    has_effect: bool = True
    fingerprint: str = ""

    @property
    def target_spec(self) -> AppSpec:
        """The document that the target has once done."""
        return self.spec if self.applied is None else self.applied

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.is_open)

    @property
    def state(self) -> PlanState:
        """Whether it can be confirmed. `moves` is false where not even a version or a text would change."""
        if self.blockers:
            return PlanState.BLOCKED
        if self.open_questions:
            return PlanState.QUESTIONS_OPEN
        return PlanState.READY if self.has_effect else PlanState.NOTHING_TO_DO

    @property
    def changing_steps(self) -> tuple[Step, ...]:
        """The steps that change something on the target."""
        return tuple(step for step in self.steps if step.action.changes_target)

    def get_step(self, key: str) -> Step:
        """The component step of that key. Raises KeyError."""
        for step in self.steps:
            if step.key == key and step.action.concerns_component:
                return step
        raise KeyError(key)

    def counts(self) -> dict[str, int]:
        """How many components per symbol, for "1 new, 1 changed, 2 unchanged"."""
        return {symbol: sum(row.symbol == symbol for row in self.components) for symbol in "+~±−="}

    @property
    def digest(self) -> str:
        """The SHA-256 of the plan without its fingerprint, which the confirm posts."""
        return "sha256:" + hashlib.sha256(to_canonical_json({**to_plain(self), "fingerprint": ""})).hexdigest()

    def as_json(self) -> dict[str, JsonValue]:
        """Plain JSON, for the record. It holds no secret value."""
        return to_plain(self)

    @classmethod
    def from_json(cls, data: object) -> Self:
        """The plan that `as_json` wrote."""
        return cls.model_validate(data)
