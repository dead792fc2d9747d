"""Plans and records as lines for people and as JSON for scripts."""

from __future__ import annotations

from typing import Any

from apps_app.models import Application, Installation
from upgrades_app.engine.comparison.decision_summary import downtime
from upgrades_app.engine.inputs.plan_rows import FieldRow
from upgrades_app.engine.inputs.question import Question, QuestionKind
from upgrades_app.engine.planning.plan import Plan, PlanState, told
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.step import UpgradeStep

_DONE = {"install": "installed", "upgrade": "upgraded", "rollback": "taken back", "uninstall": "uninstalled"}
SYMBOLS = {"+": "new", "~": "changed", "±": "replaced", "−": "removed", "=": "unchanged"}


def plan_lines(plan: Plan) -> tuple[str, ...]:
    down = (f"  {name}" for name in downtime(plan))
    return (*told(plan).splitlines(), *down, f"  {tally(plan)}", f"  plan {plan.digest}")


def tally(plan: Plan) -> str:
    """ "1 new, 2 changed, 1 unchanged" """
    counted = [f"{n} {SYMBOLS[symbol]}" for symbol, n in plan.counts().items() if n]
    return ", ".join(counted) or "no components"


def why_not(plan: Plan) -> tuple[str, ...]:
    """What keeps a plan from being confirmed, each with what to do about it."""
    return (
        *map(str, plan.blockers),
        *(f"{open_question.sentence}  {how_to_answer(open_question)}" for open_question in plan.open_questions),
    )


def how_to_answer(question: Question) -> str:
    match question.kind:
        case QuestionKind.VALUE:
            return f"--set {question.id}=…"
        case QuestionKind.SECRET:
            return f"--secret-from-file {question.id}=…"
        case QuestionKind.RISK:
            return "--accept-data-risk"
    return f"--answer {question.name}={'|'.join(choice.value for choice in question.choices)}"


def not_ready(plan: Plan, application: str) -> str:
    """ "shop-copy cannot be upgraded yet: one question is open." """
    done = _DONE.get(plan.kind.value, "changed")
    if plan.state is PlanState.BLOCKED:
        return f"{application} cannot be {done}: what comes out does not hold together."
    n = len(plan.open_questions)
    return f"{application} cannot be {done} yet: {'one question is' if n == 1 else f'{n} questions are'} open."


def plan_data(plan: Plan) -> dict[str, Any]:
    """What a script wants to know of a plan; its documents stay inside."""
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
                "impact": row.impact,
                "data_at_risk": row.data_at_risk,
                "source": row.source,
                "fields": [_field(field) for field in row.fields],
            }
            for row in plan.components
        ],
        "parameters": [_field(field) for field in plan.parameters],
        "steps": [{"key": step.key, "action": step.action.value, "sentence": step.sentence} for step in plan.steps],
        "questions": [question_data(question) for question in plan.questions],
        "blockers": [str(blocker) for blocker in plan.blockers],
        "notes": [note.sentence for note in plan.notes],
    }


def question_data(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "sentence": question.sentence,
        "choices": [choice.value for choice in question.choices],
        "chosen": question.chosen,
        "open": question.open,
        "answer_with": how_to_answer(question),
    }


def record_data(record: UpgradeRecord) -> dict[str, Any]:
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


def left_partial(application: Application) -> str:
    """ "1 of 4 at 1.1" where a record left only some components there, or ""."""
    installation = Installation.objects.filter(application=application).first()
    return installation.ahead if installation is not None else ""


def failure(record: UpgradeRecord, application: Application) -> str:
    """ "shop-copy: Failed, restored: at 1.0 (web: the disk is full)" """
    reasons = [_reason(step) for step in record.steps.exclude(error="").order_by("position")]
    known = [reason for reason in reasons if reason not in record.result]
    return f"{application.slug}: {record.result}{f' ({"; ".join(known)})' if known else ''}"


def _reason(step: UpgradeStep) -> str:
    """Many an error begins with the key itself."""
    named = not step.key or step.error.startswith((f"{step.key} ", f"{step.key}: "))
    return step.error if named else f"{step.key}: {step.error}"


def _field(row: FieldRow) -> dict[str, Any]:
    return {
        "path": row.address,
        "label": row.label,
        "change": SYMBOLS[row.symbol],
        "before": row.before,
        "after": row.after,
        "source": row.source,
        "template_value": row.template_value,
    }
