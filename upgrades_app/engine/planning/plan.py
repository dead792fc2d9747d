"""A plan as data: what will be done, why, and what is still to be answered. JSON both ways, without any secret."""

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

from pydantic import Field, JsonValue

from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.schema.field_meta import Impact
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import canonical, tree
from upgrades_app.engine.inputs.component_part import PartSpec
from upgrades_app.engine.inputs.plan_rows import ComponentRow, FieldRow
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.inputs.question import Question


class Action(StrEnum):
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
    def is_about_a_component(self) -> bool:
        """A step's key is a component's; else it is a volume's, or none."""
        return self not in {Action.REMOVE_VOLUME, Action.FINISH}

    @property
    def changes_component(self) -> bool:
        return self in {Action.CREATE, Action.UPDATE, Action.RESTART, Action.RECREATE, Action.REMOVE}

    @property
    def changes_target(self) -> bool:
        return self not in {Action.NOTHING, Action.FINISH}


class Arrival(StrEnum):
    """What becomes of a template's component in the installation once the plan is done."""

    PRESENT = "present"
    BEHIND = "behind"
    REMOVED_LOCALLY = "removed_locally"
    DECLINED = "declined"
    KEPT_AS_OWN = "kept_as_own"
    GONE = "gone"


class PlanState(StrEnum):
    NOTHING_TO_DO = "nothing to do"
    BLOCKED = "blocked"
    QUESTIONS_OPEN = "questions open"
    READY = "ready"


class Step(Record):
    """One component's part of a plan (or a volume to delete, or the end). `key` is the component's or the volume's."""

    position: int
    wave: int
    key: str
    action: Action
    sentence: str
    impact: Impact = Impact.NONE
    data_at_risk: str = ""
    before: PartSpec | None = None
    after: PartSpec | None = None
    waits_for: tuple[str, ...] = ()


class Note(Record):
    """Something worth knowing before the confirm that asks for nothing."""

    kind: str
    sentence: str
    path: tuple[str, ...] = ()


class Blocker(Record):
    """Why the plan cannot be confirmed, and where that can be mended."""

    path: str
    message: str

    @classmethod
    def of(cls, fault: Fault) -> Self:
        return cls(path=fault.path, message=fault.message)

    @property
    def fault(self) -> Fault:
        return Fault(self.path, self.message)

    def __str__(self) -> str:
        return str(self.fault)


class Plan(Record):
    """The ordered steps and all that the operator confirms with them.

    `spec` and `values` are the desired state once done, unrendered; `applied` is the document that the target has then,
    where that is not all that is desired (None: it is); `generate` names the secrets to be made up, with
    their rule, before the plan runs; `arrivals` says for each template component where it ends; `fingerprint` covers
    what the plan was made from; `frame` are the volumes and networks that come, change and go.
    """

    kind: Kind
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
    frame: tuple[FieldRow, ...] = ()
    notes: tuple[Note, ...] = ()
    arrivals: Mapping[str, Arrival] = Field(default_factory=dict)
    runs: bool = True
    moves: bool = True
    fingerprint: str = ""

    @property
    def there(self) -> AppSpec:
        """The document that the target has once done."""
        return self.spec if self.applied is None else self.applied

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.open)

    @property
    def state(self) -> PlanState:
        """Whether it can be confirmed. `moves` is false where not even a version or a text would change."""
        if self.blockers:
            return PlanState.BLOCKED
        if self.open_questions:
            return PlanState.QUESTIONS_OPEN
        return PlanState.READY if self.moves else PlanState.NOTHING_TO_DO

    @property
    def work(self) -> tuple[Step, ...]:
        """The steps that change something on the target."""
        return tuple(step for step in self.steps if step.action.changes_target)

    def step(self, key: str) -> Step:
        """The component step of that key. Raises KeyError."""
        for step in self.steps:
            if step.key == key and step.action.is_about_a_component:
                return step
        raise KeyError(key)

    def counts(self) -> dict[str, int]:
        """How many components per symbol, for "1 new, 1 changed, 2 unchanged"."""
        return {symbol: sum(row.symbol == symbol for row in self.components) for symbol in "+~±−="}

    @property
    def digest(self) -> str:
        """The SHA-256 of the plan without its fingerprint, which the confirm posts."""
        return "sha256:" + hashlib.sha256(canonical({**tree(self), "fingerprint": ""})).hexdigest()

    def as_json(self) -> dict[str, JsonValue]:
        """Plain JSON, for the record. It holds no secret value."""
        return tree(self)

    @classmethod
    def from_json(cls, data: object) -> Self:
        """The plan that `as_json` wrote."""
        return cls.model_validate(data)


def told(plan: Plan) -> str:
    """The whole plan as an operator would see it, for commands, logs and tests."""
    versions = " → ".join(filter(None, [plan.from_version, plan.to_version]))
    lines = [f"{' '.join(filter(None, [plan.kind, plan.application, versions]))}: {plan.state}"]
    lines += _section("blocked", map(str, plan.blockers))
    lines += _section(
        "questions", (f"{question.name} [{_answer(question)}] {question.sentence}" for question in plan.questions)
    )
    for row in plan.components:
        lines.append(f"  {row.symbol} {row.key} {row.impact}" + (f" ({row.source})" if row.source else ""))
        lines += [f"      {item.symbol} {item.sentence()}" for item in row.fields]
    lines += _section("parameters", (item.sentence() for item in plan.parameters))
    lines += _section("volumes and networks", (item.sentence() for item in plan.frame))
    lines += _section("steps", (f"{step.position}. (wave {step.wave}) {step.sentence}" for step in plan.steps))
    lines += _section("notes", (note.sentence for note in plan.notes))
    return "\n".join(lines)


def _answer(question: Question) -> str:
    return "open" if question.open else question.chosen or "not set"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    result = [f"    {line}" for line in lines]
    return [f"  {title}:", *result] if result else []
