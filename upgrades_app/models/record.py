"""Upgrade records: one planned, running or finished operation on an application."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from pydantic import ValidationError

from apps_app.models import Application
from config.accounts.access.guards import TeamScoped
from config.accounts.models import Team
from config.accounts.sealing.sealed import SealedField
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse_spec
from templates_app.models import TemplateVersion
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus
from upgrades_app.engine.inputs.planning_input import OperationKind, SpecSide
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.models.value_snapshot import ValueSnapshot


class Status(models.TextChoices):
    """Labels of the record statuses; the engine defines the transitions."""

    PLANNED = RecordStatus.PLANNED.value, "Planned"
    DISCARDED = RecordStatus.DISCARDED.value, "Discarded"
    SUPERSEDED = RecordStatus.SUPERSEDED.value, "Superseded"
    QUEUED = RecordStatus.QUEUED.value, "Queued"
    RUNNING = RecordStatus.RUNNING.value, "Running"
    ROLLING_BACK = RecordStatus.ROLLING_BACK.value, "Rolling back"
    SUCCEEDED = RecordStatus.SUCCEEDED.value, "Succeeded"
    PARTIALLY_UPGRADED = RecordStatus.PARTIALLY_UPGRADED.value, "Partially completed"
    FAILED = RecordStatus.FAILED.value, "Failed"
    ABORTED = RecordStatus.ABORTED.value, "Aborted"
    ROLLED_BACK = RecordStatus.ROLLED_BACK.value, "Rolled back"
    ROLLBACK_FAILED = RecordStatus.ROLLBACK_FAILED.value, "Rollback failed"


OPEN = (Status.QUEUED, Status.RUNNING, Status.ROLLING_BACK)
DROPPED = (Status.DISCARDED, Status.SUPERSEDED)
UNCONFIRMED = (Status.PLANNED, *DROPPED)
DOCUMENT_FIELDS = (
    "plan",
    "before",
    "after",
    "applied_before",
    "applied_after",
    "choices",
    "values_before",
    "values_after",
    "origins_before",
    "origins_after",
)


class UnreadablePlan(Exception):
    """The stored plan was written by an incompatible version of Uplift."""

    def __init__(self) -> None:
        super().__init__("the plan was written by another version of Uplift; plan it again")


class UpgradeRecordQuerySet(TeamScoped["UpgradeRecord"]):
    def newest_first(self) -> UpgradeRecordQuerySet:
        return self.order_by("-created_at", "-pk")

    def without_documents(self) -> UpgradeRecordQuerySet:
        """Defer the documents, which lists do not show."""
        return self.defer(*DOCUMENT_FIELDS)

    def planned(self) -> UpgradeRecordQuerySet:
        """Plans that are not confirmed yet."""
        return self.filter(status=Status.PLANNED)

    def open(self) -> UpgradeRecordQuerySet:
        """Confirmed records that have not finished. A constraint allows one per application."""
        return self.filter(status__in=OPEN)

    def started(self) -> UpgradeRecordQuerySet:
        """Records that were confirmed: the history."""
        return self.exclude(status__in=UNCONFIRMED)

    def finished(self) -> UpgradeRecordQuerySet:
        return self.exclude(status__in=(*OPEN, *UNCONFIRMED))


class UpgradeRecord(models.Model):
    class Policy(models.TextChoices):
        ROLL_BACK = "roll_back", "Roll back all changes"
        CONTINUE = "continue", "Continue with the remaining steps"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="upgrade_records")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="upgrade_records"
    )
    application_label = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=10, choices=[(operation_kind.value, operation_kind.label) for operation_kind in OperationKind]
    )
    template_label = models.CharField(max_length=120, blank=True)
    from_version = models.ForeignKey(
        TemplateVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    from_label = models.CharField(max_length=64, blank=True)
    to_version = models.ForeignKey(TemplateVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    to_label = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PLANNED)
    policy = models.CharField(max_length=10, choices=Policy, default=Policy.ROLL_BACK)
    reason = models.TextField(blank=True)
    choices = models.JSONField(default=dict, blank=True, help_text="Answers of the operator, without secret values.")
    plan = models.JSONField(default=dict)
    digest = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=80)
    before = models.JSONField(default=dict, help_text="Desired document before.")
    after = models.JSONField(default=dict, help_text="Desired document after.")
    applied_before = models.JSONField(
        null=True, blank=True, help_text="Applied document before. Empty: same as desired."
    )
    applied_after = models.JSONField(null=True, blank=True, help_text="Applied document after. Empty: same as desired.")
    origins_before = models.JSONField(default=dict, help_text="Version and state of each component before.")
    origins_after = models.JSONField(default=dict, help_text="Version and state of each component after success.")
    values_before = SealedField(blank=True)
    values_after = SealedField(blank=True)
    result = models.TextField(blank=True)
    reference = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="superseded_plans"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by_label = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_by_label = models.CharField(max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UpgradeRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=Q(status__in=OPEN),
                name="one_open_record_per_application",
                violation_error_message="Another operation of this application is in progress.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} of {self.application_label}"

    def get_absolute_url(self) -> str:
        return reverse("upgrades:record", args=[self.pk])

    @property
    def title(self) -> str:
        """Return for example "Upgrade 1.0 → 1.1", "Install 1.0" or "Change at 1.1"."""
        name = self.get_kind_display()
        if self.from_label and self.to_label and self.from_label != self.to_label:
            return f"{name} {self.from_label} → {self.to_label}"
        at = "at " if self.kind == OperationKind.CHANGE and self.to_label else ""
        return f"{name} {at}{self.to_label or self.from_label}".strip()

    @property
    def subject(self) -> Application:
        """The application, which cannot be deleted while the record is open. Raises LookupError if deleted."""
        if self.application is None:
            raise LookupError(f"{self.application_label} was deleted")
        return self.application

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def has_ended(self) -> bool:
        return self.status not in (*OPEN, *UNCONFIRMED)

    @property
    def succeeded(self) -> bool:
        """Whether every component reached the version."""
        return self.status == Status.SUCCEEDED

    @property
    def completed_as_planned(self) -> bool:
        """Whether every step succeeded, possibly for selected components only."""
        if self.status != Status.PARTIALLY_UPGRADED:
            return self.succeeded
        return not self.steps.exclude(status=StepStatus.DONE).exists()

    @cached_property
    def stored_plan(self) -> Plan:
        """The plan. Raises UnreadablePlan."""
        try:
            return Plan.from_json(self.plan)
        except ValidationError as error:
            raise UnreadablePlan from error

    @property
    def is_readable(self) -> bool:
        try:
            return bool(self.stored_plan)
        except UnreadablePlan:
            return False

    @property
    def spec_before(self) -> AppSpec:
        return parse_spec(self.before)

    @property
    def spec_after(self) -> AppSpec:
        return parse_spec(self.after)

    def get_desired_before(self) -> SpecSide:
        """Return the desired spec and values before the operation."""
        return self.value_snapshot_before.build_desired_side(self.spec_before)

    def get_desired_after(self) -> SpecSide:
        return self.value_snapshot_after.build_desired_side(self.spec_after)

    def get_applied_before(self) -> SpecSide:
        """Return the applied spec and values before the operation."""
        document = self.before if self.applied_before is None else self.applied_before
        return self.value_snapshot_before.build_applied_side(parse_spec(document))

    def get_applied_after(self) -> SpecSide:
        document = self.after if self.applied_after is None else self.applied_after
        return self.value_snapshot_after.build_applied_side(parse_spec(document))

    @property
    def value_snapshot_before(self) -> ValueSnapshot:
        return ValueSnapshot.parse(self.values_before.reveal())

    @property
    def value_snapshot_after(self) -> ValueSnapshot:
        return ValueSnapshot.parse(self.values_after.reveal())
