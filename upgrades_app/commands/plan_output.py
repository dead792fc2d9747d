"""Format plans and records as text and JSON."""

from __future__ import annotations

from typing import Any

from apps_app.models import Application, Installation
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.step import UpgradeStep
from upgrades_app.presenters.decision_summary import describe_downtime
from upgrades_app.presenters.messages import (
    describe_after,
    describe_blocker,
    describe_component_effect,
    describe_message,
    describe_question,
    describe_step,
    get_field_label,
)
from upgrades_app.presenters.plan_text import describe_plan

_PARTICIPLES = {"install": "installed", "upgrade": "upgraded", "rollback": "rolled back", "uninstall": "uninstalled"}
SYMBOLS = {"+": "new", "~": "changed", "±": "replaced", "−": "removed", "=": "unchanged"}


def list_plan_lines(plan: Plan) -> tuple[str, ...]:
    downtime = (f"  {name}" for name in describe_downtime(plan))
    return (*describe_plan(plan).splitlines(), *downtime, f"  {format_counts(plan)}", f"  plan {plan.digest}")


def format_counts(plan: Plan) -> str:
    """Return for example "1 new, 2 changed, 1 unchanged"."""
    counted = [f"{n} {SYMBOLS[symbol]}" for symbol, n in plan.counts().items() if n]
    return ", ".join(counted) or "no components"


def list_open_issues(plan: Plan) -> tuple[str, ...]:
    """Return the blockers and open questions of a plan, with the option that answers each."""
    return (
        *map(describe_blocker, plan.blockers),
        *(f"{describe_question(question)}  {format_answer_option(question)}" for question in plan.open_questions),
    )


def format_answer_option(question: Question) -> str:
    match question.kind:
        case QuestionKind.VALUE:
            return f"--set {question.id}=…"
        case QuestionKind.SECRET:
            return f"--secret-from-file {question.id}=…"
        case QuestionKind.RISK:
            return "--accept-data-risk"
    return f"--answer {question.name}={'|'.join(option.value for option in question.options)}"


def describe_not_ready(plan: Plan, application: str) -> str:
    """Return for example "shop-copy cannot be upgraded yet: 1 question is open."."""
    participle = _PARTICIPLES.get(plan.kind.value, "changed")
    if plan.state is PlanState.BLOCKED:
        return f"{application} cannot be {participle}: the plan is invalid."
    n = len(plan.open_questions)
    return f"{application} cannot be {participle} yet: {'1 question is' if n == 1 else f'{n} questions are'} open."


def build_plan_data(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON for scripts, without its documents."""
    return {
        "kind": plan.kind.value,
        "from": plan.from_version,
        "to": plan.to_version,
        "state": plan.state.value,
        "digest": plan.digest,
        "counts": {SYMBOLS[symbol]: n for symbol, n in plan.counts().items()},
        "components": [
            {
                "key": row.key,
                "change": SYMBOLS[row.symbol],
                "effect": describe_component_effect(row),
                "data_at_risk": row.data_at_risk,
                "provenance": row.provenance.kind.value,
                "fields": [_build_field_data(item) for item in row.fields],
            }
            for row in plan.components
        ],
        "parameters": [_build_field_data(row) for row in plan.parameters],
        "steps": [
            {"key": step.key, "action": step.action.value, "description": describe_step(step)} for step in plan.steps
        ],
        "questions": [build_question_data(question) for question in plan.questions],
        "blockers": [describe_blocker(blocker) for blocker in plan.blockers],
        "notes": [describe_message(note) for note in plan.notes],
    }


def build_question_data(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "text": describe_question(question),
        "options": [option.value for option in question.options],
        "chosen": question.effective_answer,
        "open": question.is_open,
        "answer_with": format_answer_option(question),
    }


def build_record_data(record: UpgradeRecord) -> dict[str, Any]:
    return {
        "record": record.pk,
        "url": record.get_absolute_url(),
        "from": record.from_label,
        "to": record.to_label,
        "status": record.status,
        "result": record.result,
        "reference": record.reference,
        "digest": record.digest,
        "steps": [
            {"key": step.key, "action": step.action, "status": step.status, "error": step.error}
            for step in record.steps.order_by("position")
        ],
    }


def get_partial_version(application: Application) -> str:
    """Return for example "1 of 4 at 1.1" after a partial upgrade, or ""."""
    installation = Installation.objects.filter(application=application).first()
    return installation.ahead if installation is not None else ""


def describe_failure(record: UpgradeRecord, application: Application) -> str:
    """Return the result of a failed record with the errors of its steps."""
    reasons = [_get_reason(step) for step in record.steps.exclude(error="").order_by("position")]
    known = [reason for reason in reasons if reason not in record.result]
    return f"{application.slug}: {record.result}{f' ({"; ".join(known)})' if known else ''}"


def _get_reason(step: UpgradeStep) -> str:
    """Return the error, prefixed with the component key unless it already is."""
    named = not step.key or step.error.startswith((f"{step.key} ", f"{step.key}: "))
    return step.error if named else f"{step.key}: {step.error}"


def _build_field_data(row: FieldRow) -> dict[str, Any]:
    return {
        "path": row.address,
        "label": get_field_label(row),
        "change": SYMBOLS[row.symbol],
        "before": row.before,
        "after": describe_after(row),
        "provenance": row.provenance.kind.value,
        "other_value": row.other_value,
    }
