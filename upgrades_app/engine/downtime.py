"""How long a component may be down while it is replaced."""

from collections.abc import Iterator

from apps_app.wording import listed
from upgrades_app.engine.plan import Action, Plan


def downtime(plan: Plan) -> Iterator[str]:
    """One sentence for those that are given the same time to get good; a new one stands in nobody's place."""
    found: dict[str, list[str]] = {}
    for step in plan.steps if plan.runs else ():
        replaced = step.action in {Action.RESTART, Action.RECREATE} and step.before is not None
        if replaced and step.after is not None and step.after.component.kind != "job":
            found.setdefault(step.after.component.health_gate.deadline, []).append(step.key)
    for deadline, keys in sorted(found.items()):
        them = "it is" if len(keys) == 1 else "they are"
        said = f"{listed(keys)} may be down until {them} good"
        yield f"{said}: after {deadline} at most, what was there before is started again"
