"""Engine events → rows. Each event is one transaction, and counts only while this attempt is the record's own."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps_app.models import Component
from config.errors import Refused
from templates_app.appspec.schema.serialize import tree
from upgrades_app.engine.execution.run import Event, EventKind, Run
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus, sources, step_may_follow
from upgrades_app.engine.planning.plan import Step
from upgrades_app.models import UpgradeEvent, UpgradeRecord, UpgradeStep
from upgrades_app.queries.component_origins import Origins, write_origins

_ENDS = {StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.UNDONE, StepStatus.UNDO_FAILED}


class Superseded(Refused):
    """Another worker took this record over; this one must stop at once."""

    def __init__(self, record: UpgradeRecord) -> None:
        super().__init__(f"{record} is run by another worker now.")


class OutOfOrder(Exception):
    """A step was told to become what it cannot become: a fault of Uplift's own, and nothing is written."""

    def __init__(self, row: UpgradeStep, status: StepStatus) -> None:
        super().__init__(f"step {row.position} is {row.status} and cannot become {status}")


class Recorder:
    """Listens to one run of one record. Calling it with an event writes the event and what follows from it."""

    def __init__(self, record: UpgradeRecord, run: Run) -> None:
        self.record, self.run, self.application = record, run, record.subject
        self.steps = {step.position: step for step in run.plan.steps}
        self.rows = {row.position: row for row in record.steps.all()}

    @transaction.atomic
    def __call__(self, event: Event) -> None:
        self._fence()
        row = None if event.step is None else self.rows[event.step]
        if row is not None:
            self._step(event, row)
        if event.kind is EventKind.ROLLING_BACK:
            move(self.record, RecordStatus.ROLLING_BACK, result=event.text)
        UpgradeEvent.objects.create(
            record=self.record, step=row, kind=event.kind.value, text=event.text, data=dict(event.data)
        )

    def _fence(self) -> None:
        mine = UpgradeRecord.objects.select_for_update().filter(pk=self.record.pk, attempt=self.record.attempt)
        if not mine.exists():
            raise Superseded(self.record)

    def _step(self, event: Event, row: UpgradeStep) -> None:
        if event.kind is EventKind.RETRIED:
            row.attempt += 1
        if event.status is not None:
            self._become(event, row, event.status)
        row.save(update_fields=["status", "attempt", "error", "started_at", "ended_at"])

    def _become(self, event: Event, row: UpgradeStep, status: StepStatus) -> None:
        if not step_may_follow(StepStatus(row.status), status):
            raise OutOfOrder(row, status)
        row.status = status.value
        if status is StepStatus.RUNNING:
            row.started_at, row.attempt = row.started_at or timezone.now(), row.attempt + 1
        if status in _ENDS:
            row.ended_at = timezone.now()
        if status in {StepStatus.FAILED, StepStatus.UNDO_FAILED}:
            row.error = event.text
        step = self.steps[row.position]
        if not step.action.is_about_a_component:
            return
        if status is StepStatus.DONE:
            self._arrived(step)
        elif status is StepStatus.UNDONE:
            self._went_back(step, row)
        elif status is StepStatus.UNDO_FAILED:
            self._lost(step, row)

    def _arrived(self, step: Step) -> None:
        """Desired and applied are what was planned: the same, unless something waits. And where it came from."""
        plan = self.run.plan
        component, current = plan.spec.components.get(step.key), plan.there.components.get(step.key)
        if component is None and current is None:
            self._components().filter(key=step.key).delete()
        else:
            part = self.run.after(step)
            digest = "" if current is None else part.digest if part is not None else None
            self._write(step.key, component and tree(component), current and tree(current), digest)
            if step.action.changes_component:
                self._components().filter(key=step.key).update(stopped=False)
        self._origin(step.key, self.record.origins_after, self.record.origins_before)

    def _went_back(self, step: Step, row: UpgradeStep) -> None:
        """Applied and desired of before, so that pending edits survive."""
        if row.applied_before is None and row.desired_before is None:
            self._components().filter(key=step.key).delete()
        else:
            part = self.run.before(step)
            self._write(step.key, row.desired_before, row.applied_before, part.digest if part is not None else "")
        self._origin(step.key, self.record.origins_before, self.record.origins_after)

    def _lost(self, step: Step, row: UpgradeStep) -> None:
        """Wanted is what was before; nobody knows what is there, so the next plan applies it again."""
        self._write(step.key, row.desired_before, row.applied_before, None, unknown=True)
        self._origin(step.key, self.record.origins_before, self.record.origins_after)

    def _write(self, key: str, desired: object, applied: object, digest: str | None, *, unknown: bool = False) -> None:
        row = self._components().filter(key=key).first()
        if row is None:
            row = Component(application=self.application, key=key, changed_by=self.record.confirmed_by_label)
        elif row.desired != desired:
            row.revision, row.changed_by = row.revision + 1, self.record.confirmed_by_label
        row.desired, row.applied, row.applied_unknown = desired, applied, unknown
        if digest is not None:
            row.applied_digest = digest
        row.save()

    def _origin(self, key: str, component: Origins, otherwise: Origins) -> None:
        installation = self.application.installed()
        if installation is not None and (key in component or key in otherwise):
            write_origins(installation, [key], component, otherwise)

    def _components(self) -> QuerySet[Component]:
        return Component.objects.filter(application=self.application)


def move(record: UpgradeRecord, to: RecordStatus, **changes: object) -> None:
    """Compare-and-swap to the next status, by this attempt only. Raises Superseded when another had it."""
    allowed = [previous_statuse.value for previous_statuse in sources(to)]
    mine = UpgradeRecord.objects.filter(pk=record.pk, attempt=record.attempt, status__in=allowed)
    if mine.update(status=to.value, **changes) != 1:
        raise Superseded(record)
    record.status = to.value


def prepare_steps(record: UpgradeRecord) -> None:
    """One row for each step of the plan, with the documents to go back to."""
    if record.steps.exists():
        return
    rows = {row.key: row for row in Component.objects.filter(application=record.application)}
    UpgradeStep.objects.bulk_create(_row(record, step, rows.get(step.key)) for step in record.stored_plan.steps)


def _row(record: UpgradeRecord, step: Step, component: Component | None) -> UpgradeStep:
    return UpgradeStep(
        record=record,
        position=step.position,
        wave=step.wave,
        key=step.key,
        action=step.action.value,
        impact=step.impact.sentence,
        sentence=step.sentence,
        desired_before=component.desired if component else None,
        applied_before=component.applied if component else None,
        after=tree(step.after.component) if step.after else None,
    )
