"""Before the first step: what the target objects to, what it warns of, and what has to be brought to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from apps_app.drivers.base import Driver, DriverError, Part, Placement, Progress
from upgrades_app.engine.execution.run import Run
from upgrades_app.engine.planning.plan import Action, Plan, Step


@dataclass(frozen=True, slots=True)
class Findings:
    """What a target says to one step, or to all: objections hinder it, warnings are to be known."""

    objections: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: "Findings") -> "Findings":
        """Both, and what both say only once."""
        objections = dict.fromkeys((*self.objections, *other.objections))
        return Findings(tuple(objections), tuple(dict.fromkeys((*self.warnings, *other.warnings))))


class Said(Protocol):
    """Tells one event of a step."""

    def __call__(self, text: str, **data: str | int) -> None: ...


class Bringing:
    """Listens to what is brought for one step; `subject` is what that was, or "" where all was there."""

    def __init__(self, say: Said) -> None:
        self._say = say
        self.subject = ""

    def __call__(self, progress: Progress) -> None:
        self.subject = progress.subject
        amount = f"{_bytes(progress.done)} of {_bytes(progress.total)}" if progress.total else "begun"
        data: dict[str, str | int] = {"subject": progress.subject, "done": progress.done, "total": progress.total}
        self._say(f"pulling {progress.subject}: {amount}", **data)


def checked_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps that a target is asked about before anything is done."""
    return plan.work


def check(run: Run, driver: Driver, placement: Placement, step: Step) -> Findings:
    """What the target says to one step. Raises DriverError where it cannot be asked."""
    if step.action is Action.REMOVE_VOLUME:
        return Findings(tuple(driver.check_volume(placement, step.key)))
    requested = (placement, step.key, run.before(step), run.after(step))
    return Findings(tuple(driver.check(*requested)), tuple(driver.warnings(*requested)))


def findings(run: Run, driver: Driver, placement: Placement) -> Findings:
    """What the target says to all steps; one that cannot be asked is an objection."""
    preflight_result = Findings()
    for step in checked_steps(run.plan):
        try:
            preflight_result += check(run, driver, placement, step)
        except DriverError as error:
            return preflight_result + Findings((str(error),))
    return preflight_result


def parts_to_prepare(run: Run) -> Iterator[tuple[Step, Part]]:
    """Every part that the steps will put on the target."""
    for step in checked_steps(run.plan):
        part = run.after(step)
        if step.action.changes_component and part is not None:
            yield step, part


def _bytes(count: int) -> str:
    """`340 kB`, `12.4 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
