"""Situations as the tests tell them, and a plan that prints itself when it is not as told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps_app.drivers.base import Note, Observed, Placement
from apps_app.drivers.memory import MemoryDriver, MemoryTarget, forget
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.execution.apply import apply
from upgrades_app.engine.execution.run import Event, EventKind, Outcome, Policy, Run
from upgrades_app.engine.execution.status_machine import StepStatus, step_may_follow
from upgrades_app.engine.inputs.planning_input import Answers, Kind, Side, Situation
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import Plan, told

SALT = b"the salt of shop-copy"
PASSWORD = {"DB_PASSWORD": "correct horse"}
SHOP = Placement("7d7e", "shop-copy")
NOTE = Note("Upgrade", "from 1.0 to 1.1", "Olga")


def upgrade(
    base: AppSpec, theirs: AppSpec, ours: AppSpec | None = None, answers: Answers | None = None, **more: Any
) -> Situation:
    """shop-copy, installed at 1.0, applied as it was installed, and going to 1.1."""
    desired = Side(base if ours is None else ours, secrets=PASSWORD)
    return Situation(
        kind=Kind.UPGRADE,
        application="shop-copy",
        template="Shop",
        from_version="1.0",
        to_version="1.1",
        base=Side(base),
        desired=more.pop("desired", desired),
        applied=more.pop("applied", desired),
        theirs=Side(theirs),
        answers=answers or Answers(),
        salt=SALT,
        **more,
    )


def install(theirs: AppSpec, answers: Answers | None = None, **more: Any) -> Situation:
    """shop-copy, which is nothing yet."""
    return Situation(
        kind=Kind.INSTALL,
        application="shop-copy",
        template="Shop",
        to_version="1.0",
        theirs=Side(theirs),
        answers=answers or Answers(),
        salt=SALT,
        **more,
    )


def uninstall(applied: AppSpec, answers: Answers | None = None) -> Situation:
    side = Side(applied, secrets=PASSWORD)
    return Situation(
        kind=Kind.UNINSTALL,
        application="shop-copy",
        template="Shop",
        from_version="1.0",
        desired=side,
        applied=side,
        answers=answers or Answers(),
        salt=SALT,
    )


def answered(situation: Situation, **answers: Any) -> Situation:
    return situation.answered(replace(situation.answers, **answers))


def planned(situation: Situation) -> Plan:
    """The plan, after a trip through the database's JSON."""
    plan = make_plan(situation)
    repeated = Plan.from_json(plan.as_json())
    assert repeated == plan, told(plan)
    assert repeated.digest == plan.digest
    return repeated


def actions(plan: Plan) -> dict[str, str]:
    return {step.key: step.action.value for step in plan.work}


def sources(plan: Plan, key: str) -> dict[str, str]:
    row = next(row for row in plan.components if row.key == key)
    return {field.label: field.where for field in row.fields}


def questions(plan: Plan) -> dict[str, str | None]:
    return {question.name: question.chosen for question in plan.questions}


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
    events: list[Event] = field(default_factory=list)
    statuses: dict[int, StepStatus] = field(default_factory=dict)
    clock: NoTime = field(default_factory=NoTime)
    when: dict[EventKind, Callable[[], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        forget(self.name)
        self.driver = MemoryDriver(self.name)

    @property
    def target(self) -> MemoryTarget:
        return self.driver.target

    def put(self, side: Side) -> None:
        """Install a side, so that it is there before the story begins."""
        situation = install(side.spec, Answers(values=side.values, secrets=side.secrets))
        before = self.run(situation)
        assert before.status == "succeeded", before
        self.events.clear()
        self.statuses.clear()
        self.target.verbs.clear()

    def report(self, event: Event) -> None:
        """Like the recorder: refuse a status that may not follow."""
        self.events.append(event)
        self.when.get(event.kind, lambda: None)()
        if event.step is not None and event.status is not None:
            was = self.statuses.get(event.step, StepStatus.WAITING)
            assert step_may_follow(was, event.status), f"{was} → {event.status} at step {event.step}"
            self.statuses[event.step] = event.status

    def run(self, situation: Situation, policy: Policy = Policy.ROLL_BACK, **more: Any) -> Outcome:
        plan = planned(situation)
        secrets = {**situation.desired.secrets, **situation.answers.secrets}
        return self.go(
            Run(plan, SALT, dict(situation.applied.secrets), secrets, policy, dict(self.statuses), **more),
        )

    def go(self, run: Run) -> Outcome:
        return apply(run, self.driver, SHOP, NOTE, self.report, clock=self.clock, control=lambda: False)

    def said(self) -> str:
        return "\n".join(f"{event.step or '-'} {event.kind}: {event.text}" for event in self.events)

    def read(self) -> Mapping[str, Observed]:
        return self.driver.read(SHOP)
