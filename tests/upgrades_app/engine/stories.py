"""Situations as the tests tell them, and a plan that prints itself when it is not as told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps_app.drivers.base import ObservedComponent, OperationNote, Placement
from apps_app.drivers.memory import MemoryDriver, MemoryTarget, forget
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.execution.apply import apply_plan
from upgrades_app.engine.execution.run import EventKind, FailurePolicy, PlanRun, RunEvent, RunOutcome
from upgrades_app.engine.execution.status_machine import StepStatus, is_step_transition
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind, PlanningInput, SpecSide
from upgrades_app.engine.planner import build_plan
from upgrades_app.engine.planning.plan import Plan, Step
from upgrades_app.presenters.messages import describe_row_provenance
from upgrades_app.presenters.outcome import describe_event
from upgrades_app.presenters.plan_text import describe_plan

SALT = b"the salt of shop-copy"
PASSWORD = {"DB_PASSWORD": "correct horse"}
SHOP = Placement("7d7e", "shop-copy")
NOTE = OperationNote("Upgrade", "from 1.0 to 1.1", "Olga")


def upgrade(
    base: AppSpec, theirs: AppSpec, ours: AppSpec | None = None, answers: Answers | None = None, **more: Any
) -> PlanningInput:
    """shop-copy, installed at 1.0, applied as it was installed, and going to 1.1."""
    desired = SpecSide(base if ours is None else ours, secrets=PASSWORD)
    return PlanningInput(
        kind=OperationKind.UPGRADE,
        application="shop-copy",
        template="Shop",
        from_version="1.0",
        to_version="1.1",
        base=SpecSide(base),
        desired=more.pop("desired", desired),
        applied=more.pop("applied", desired),
        theirs=SpecSide(theirs),
        answers=answers or Answers(),
        salt=SALT,
        **more,
    )


def install(theirs: AppSpec, answers: Answers | None = None, **more: Any) -> PlanningInput:
    """shop-copy, which is nothing yet."""
    return PlanningInput(
        kind=OperationKind.INSTALL,
        application="shop-copy",
        template="Shop",
        to_version="1.0",
        theirs=SpecSide(theirs),
        answers=answers or Answers(),
        salt=SALT,
        **more,
    )


def uninstall(applied: AppSpec, answers: Answers | None = None) -> PlanningInput:
    side = SpecSide(applied, secrets=PASSWORD)
    return PlanningInput(
        kind=OperationKind.UNINSTALL,
        application="shop-copy",
        template="Shop",
        from_version="1.0",
        desired=side,
        applied=side,
        answers=answers or Answers(),
        salt=SALT,
    )


def answered(situation: PlanningInput, **answers: Any) -> PlanningInput:
    return situation.with_answers(replace(situation.answers, **answers))


def planned(situation: PlanningInput) -> Plan:
    """The plan, after a trip through the database's JSON."""
    plan = build_plan(situation)
    repeated = Plan.from_json(plan.as_json())
    assert repeated == plan, describe_plan(plan)
    assert repeated.digest == plan.digest
    return repeated


def actions(plan: Plan) -> dict[str, str]:
    return {step.key: step.action.value for step in plan.changing_steps}


def sources(plan: Plan, key: str) -> dict[str, str]:
    row = next(row for row in plan.components if row.key == key)
    return {field.label: describe_row_provenance(field) for field in row.fields}


def questions(plan: Plan) -> dict[str, str | None]:
    return {question.name: question.effective_answer for question in plan.questions}


def applied_on(target: MemoryTarget) -> dict[str, str]:
    """What runs, as key → digest."""
    return {key: part.digest for key, part in target.parts(SHOP.uid).items()}


class NoTime:
    """A clock on which waiting costs nothing."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)


@dataclass
class Stage:
    """A memory target with shop-copy on it, and somebody who listens to each run."""

    name: str
    events: list[RunEvent] = field(default_factory=list)
    statuses: dict[int, StepStatus] = field(default_factory=dict)
    clock: NoTime = field(default_factory=NoTime)
    when: dict[EventKind, Callable[[], None]] = field(default_factory=dict)
    steps: dict[int, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        forget(self.name)
        self.driver = MemoryDriver(self.name)

    @property
    def target(self) -> MemoryTarget:
        return self.driver.target

    def put(self, side: SpecSide) -> None:
        """Install a side, so that it is there before the story begins."""
        situation = install(side.spec, Answers(values=side.values, secrets=side.secrets))
        before = self.run(situation)
        assert before.status == "succeeded", before
        self.events.clear()
        self.statuses.clear()
        self.target.verbs.clear()

    def report(self, event: RunEvent) -> None:
        """Like the recorder: refuse a status that may not follow."""
        self.events.append(event)
        self.when.get(event.kind, lambda: None)()
        if event.step is not None and event.status is not None:
            was = self.statuses.get(event.step, StepStatus.WAITING)
            assert is_step_transition(was, event.status), f"{was} → {event.status} at step {event.step}"
            self.statuses[event.step] = event.status

    def run(self, situation: PlanningInput, policy: FailurePolicy = FailurePolicy.ROLL_BACK, **more: Any) -> RunOutcome:
        plan = planned(situation)
        secrets = {**situation.desired.secrets, **situation.answers.secrets}
        return self.go(
            PlanRun(plan, SALT, dict(situation.applied.secrets), secrets, policy, dict(self.statuses), **more),
        )

    def go(self, run: PlanRun) -> RunOutcome:
        self.steps = {step.position: step for step in run.plan.steps}
        return apply_plan(run, self.driver, SHOP, NOTE, self.report, clock=self.clock, control=lambda: False)

    def describe_event(self, event: RunEvent) -> str:
        return describe_event(event, None if event.step is None else self.steps.get(event.step))

    def describe_events(self) -> str:
        return "\n".join(f"{event.step or '-'} {event.kind}: {self.describe_event(event)}" for event in self.events)

    def read(self) -> Mapping[str, ObservedComponent]:
        return self.driver.read(SHOP)
