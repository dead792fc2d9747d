"""Write run events to the database, each in one transaction and only for the current attempt."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps_app.models import Component
from config.errors import OperationRefused
from templates_app.appspec.schema.serialize import to_plain
from upgrades_app.engine.execution.run import EventKind, PlanRun, RunEvent
from upgrades_app.engine.execution.status_machine import (
    RecordStatus,
    StepStatus,
    is_step_transition,
    list_previous_statuses,
)
from upgrades_app.engine.planning.plan import Step
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep
from upgrades_app.presenters.messages import describe_step_effect
from upgrades_app.presenters.outcome import describe_event
from upgrades_app.queries.component_origins import OriginsByComponent, write_origins

_ENDS = {StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.ROLLED_BACK, StepStatus.ROLLBACK_FAILED}


class AttemptSuperseded(OperationRefused):
    """Another worker has resumed this record; this one must stop."""

    def __init__(self, record: UpgradeRecord) -> None:
        super().__init__(f"{record} is now run by another worker.")


class InvalidTransition(Exception):
    """An invalid step transition: an internal error. Nothing is written."""

    def __init__(self, row: UpgradeStep, status: StepStatus) -> None:
        super().__init__(f"step {row.position} is {row.status} and cannot become {status}")


class RunRecorder:
    """Event sink of a run: writes each event and its effects on the record, steps and components."""

    def __init__(self, record: UpgradeRecord, run: PlanRun) -> None:
        self.record, self.run, self.application = record, run, record.subject
        self.steps = {step.position: step for step in run.plan.steps}
        self.rows = {row.position: row for row in record.steps.all()}

    @transaction.atomic
    def __call__(self, event: RunEvent) -> None:
        self._check_attempt()
        row = None if event.step is None else self.rows[event.step]
        text = describe_event(event, None if event.step is None else self.steps.get(event.step))
        if row is not None:
            self._record_step(event, row, text)
        if event.kind is EventKind.ROLLING_BACK:
            transition(self.record, RecordStatus.ROLLING_BACK, result=text)
        UpgradeEvent.objects.create(
            record=self.record, step=row, kind=event.kind.value, text=text, data=dict(event.data)
        )

    def _check_attempt(self) -> None:
        mine = UpgradeRecord.objects.select_for_update().filter(pk=self.record.pk, attempt=self.record.attempt)
        if not mine.exists():
            raise AttemptSuperseded(self.record)

    def _record_step(self, event: RunEvent, row: UpgradeStep, text: str) -> None:
        if event.kind is EventKind.RETRIED:
            row.attempt += 1
        if event.status is not None:
            self._set_status(row, event.status, text)
        row.save(update_fields=["status", "attempt", "error", "started_at", "ended_at"])

    def _set_status(self, row: UpgradeStep, status: StepStatus, text: str) -> None:
        if not is_step_transition(StepStatus(row.status), status):
            raise InvalidTransition(row, status)
        row.status = status.value
        if status is StepStatus.RUNNING:
            row.started_at, row.attempt = row.started_at or timezone.now(), row.attempt + 1
        if status in _ENDS:
            row.ended_at = timezone.now()
        if status in {StepStatus.FAILED, StepStatus.ROLLBACK_FAILED}:
            row.error = text
        step = self.steps[row.position]
        if not step.action.concerns_component:
            return
        if status is StepStatus.DONE:
            self._save_applied(step)
        elif status is StepStatus.ROLLED_BACK:
            self._save_reverted(step, row)
        elif status is StepStatus.ROLLBACK_FAILED:
            self._save_unknown(step, row)

    def _save_applied(self, step: Step) -> None:
        """Save the planned desired and applied state of the component, and its origin."""
        plan = self.run.plan
        component, current = plan.spec.components.get(step.key), plan.target_spec.components.get(step.key)
        if component is None and current is None:
            self._components().filter(key=step.key).delete()
        else:
            part = self.run.after(step)
            digest = "" if current is None else part.digest if part is not None else None
            self._write_component(step.key, component and to_plain(component), current and to_plain(current), digest)
            if step.action.changes_component:
                self._components().filter(key=step.key).update(stopped=False)
        self._write_origin(step.key, self.record.origins_after, self.record.origins_before)

    def _save_reverted(self, step: Step, row: UpgradeStep) -> None:
        """Restore the previous desired and applied state, so that pending edits are kept."""
        if row.applied_before is None and row.desired_before is None:
            self._components().filter(key=step.key).delete()
        else:
            part = self.run.before(step)
            self._write_component(
                step.key, row.desired_before, row.applied_before, part.digest if part is not None else ""
            )
        self._write_origin(step.key, self.record.origins_before, self.record.origins_after)

    def _save_unknown(self, step: Step, row: UpgradeStep) -> None:
        """Restore the previous desired state and mark the live state as unknown."""
        self._write_component(step.key, row.desired_before, row.applied_before, None, unknown=True)
        self._write_origin(step.key, self.record.origins_before, self.record.origins_after)

    def _write_component(
        self, key: str, desired: object, applied: object, digest: str | None, *, unknown: bool = False
    ) -> None:
        row = self._components().filter(key=key).first()
        if row is None:
            row = Component(application=self.application, key=key, changed_by=self.record.confirmed_by_label)
        elif row.desired != desired:
            row.revision, row.changed_by = row.revision + 1, self.record.confirmed_by_label
        row.desired, row.applied, row.applied_unknown = desired, applied, unknown
        if digest is not None:
            row.applied_digest = digest
        row.save()

    def _write_origin(self, key: str, component: OriginsByComponent, otherwise: OriginsByComponent) -> None:
        installation = self.application.get_installation()
        if installation is not None and (key in component or key in otherwise):
            write_origins(installation, [key], component, otherwise)

    def _components(self) -> QuerySet[Component]:
        return Component.objects.filter(application=self.application)


def transition(record: UpgradeRecord, to: RecordStatus, **changes: object) -> None:
    """Compare-and-swap the status, for this attempt only. Raises AttemptSuperseded."""
    allowed = [previous_statuse.value for previous_statuse in list_previous_statuses(to)]
    mine = UpgradeRecord.objects.filter(pk=record.pk, attempt=record.attempt, status__in=allowed)
    if mine.update(status=to.value, **changes) != 1:
        raise AttemptSuperseded(record)
    record.status = to.value


def create_steps(record: UpgradeRecord) -> None:
    """Create the step rows of a plan, with the documents to roll back to."""
    if record.steps.exists():
        return
    rows = {row.key: row for row in Component.objects.filter(application=record.application)}
    UpgradeStep.objects.bulk_create(_build_row(record, step, rows.get(step.key)) for step in record.stored_plan.steps)


def _build_row(record: UpgradeRecord, step: Step, component: Component | None) -> UpgradeStep:
    return UpgradeStep(
        record=record,
        position=step.position,
        wave=step.wave,
        key=step.key,
        action=step.action.value,
        impact=step.impact.sentence,
        sentence=describe_step_effect(step),
        desired_before=component.desired if component else None,
        applied_before=component.applied if component else None,
        after=to_plain(step.after.component) if step.after else None,
    )
