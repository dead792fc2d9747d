"""A plan as plain text, for commands, logs and tests."""

from collections.abc import Iterable

from upgrades_app.engine.inputs.plan_rows import ComponentRow
from upgrades_app.engine.inputs.question import Question
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.presenters.messages import (
    describe_blocker,
    describe_component_effect,
    describe_field,
    describe_message,
    describe_provenance,
    describe_question,
    describe_step,
)


def describe_plan(plan: Plan) -> str:
    """Return the whole plan, line by line."""
    versions = " → ".join(filter(None, [plan.from_version, plan.to_version]))
    lines = [f"{' '.join(filter(None, [plan.kind, plan.application, versions]))}: {plan.state}"]
    lines += _format_section("blocked", map(describe_blocker, plan.blockers))
    lines += _format_section("questions", map(_format_question, plan.questions))
    for row in plan.components:
        lines.append(_format_component(row))
        lines += [f"      {field.symbol} {describe_field(field)}" for field in row.fields]
    lines += _format_section("parameters", map(describe_field, plan.parameters))
    lines += _format_section("volumes and networks", map(describe_field, plan.definitions))
    lines += _format_section(
        "steps", (f"{step.position}. (wave {step.wave}) {describe_step(step)}" for step in plan.steps)
    )
    lines += _format_section("notes", map(describe_message, plan.notes))
    return "\n".join(lines)


def _format_question(question: Question) -> str:
    answer = "open" if question.is_open else question.effective_answer or "not set"
    return f"{question.name} [{answer}] {describe_question(question)}"


def _format_component(row: ComponentRow) -> str:
    provenance = describe_provenance(row.provenance)
    return f"  {row.symbol} {row.key} {describe_component_effect(row)}" + (f" ({provenance})" if provenance else "")


def _format_section(title: str, lines: Iterable[str]) -> list[str]:
    result = [f"    {line}" for line in lines]
    return [f"  {title}:", *result] if result else []
