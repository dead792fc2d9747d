"""One run of the road: install, upgrade, rollback, change or uninstall of one application."""

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
from templates_app.appspec.schema.parse import parse
from templates_app.models import TemplateVersion
from upgrades_app.engine.execution.status_machine import RecordStatus, StepStatus
from upgrades_app.engine.inputs.planning_input import Kind, Side
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.models.value_snapshot import Given


class Status(models.TextChoices):
    """Where a record stands, as people read it; who may follow whom is the engine's."""

    PLANNED = RecordStatus.PLANNED.value, "Planned"
    DISCARDED = RecordStatus.DISCARDED.value, "Discarded"
    OVERTAKEN = RecordStatus.OVERTAKEN.value, "Overtaken"
    QUEUED = RecordStatus.QUEUED.value, "Queued"
    RUNNING = RecordStatus.RUNNING.value, "Running"
    ROLLING_BACK = RecordStatus.ROLLING_BACK.value, "Rolling back"
    SUCCEEDED = RecordStatus.SUCCEEDED.value, "Succeeded"
    PARTIALLY_UPGRADED = RecordStatus.PARTIALLY_UPGRADED.value, "Partly done"
    FAILED = RecordStatus.FAILED.value, "Failed"
    ABORTED = RecordStatus.ABORTED.value, "Aborted"
    ROLLED_BACK = RecordStatus.ROLLED_BACK.value, "Failed, restored"
    ROLLBACK_FAILED = RecordStatus.ROLLBACK_FAILED.value, "Failed, not restored"


OPEN = (Status.QUEUED, Status.RUNNING, Status.ROLLING_BACK)
DROPPED = (Status.DISCARDED, Status.OVERTAKEN)
NOT_BEGUN = (Status.PLANNED, *DROPPED)
HEAVY = (
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


class Unreadable(Exception):
    """The plan that a record keeps cannot be read: another version of Uplift wrote it."""

    def __init__(self) -> None:
        super().__init__("the stored plan was written by another version of Uplift and cannot be read; plan it again")


class UpgradeRecordQuerySet(TeamScoped["UpgradeRecord"]):
    def newest_first(self) -> UpgradeRecordQuerySet:
        return self.order_by("-created_at", "-pk")

    def light(self) -> UpgradeRecordQuerySet:
        """Without the documents, which no list shows."""
        return self.defer(*HEAVY)

    def waiting(self) -> UpgradeRecordQuerySet:
        """Plans that nobody has confirmed yet."""
        return self.filter(status=Status.PLANNED)

    def open(self) -> UpgradeRecordQuerySet:
        """At most one for each application; the database sees to it."""
        return self.filter(status__in=OPEN)

    def begun(self) -> UpgradeRecordQuerySet:
        """What people call history: everything that was confirmed."""
        return self.exclude(status__in=NOT_BEGUN)

    def ended(self) -> UpgradeRecordQuerySet:
        return self.exclude(status__in=(*OPEN, *NOT_BEGUN))


class UpgradeRecord(models.Model):
    class Policy(models.TextChoices):
        ROLL_BACK = "roll_back", "Put everything back"
        CONTINUE = "continue", "Go on with the rest"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="upgrade_records")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="upgrade_records"
    )
    application_label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.word) for kind in Kind])
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
    choices = models.JSONField(
        default=dict, blank=True, help_text="The operator's answers, with the values that are no secrets."
    )
    plan = models.JSONField(default=dict)
    digest = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=80)
    before = models.JSONField(default=dict, help_text="The desired document before.")
    after = models.JSONField(default=dict, help_text="The desired document after.")
    applied_before = models.JSONField(null=True, blank=True, help_text="The applied document before; empty: the same.")
    applied_after = models.JSONField(null=True, blank=True, help_text="The applied document after; empty: the same.")
    origins_before = models.JSONField(default=dict, help_text="Template key to version and state, before.")
    origins_after = models.JSONField(default=dict, help_text="Template key to version and state, once all is done.")
    values_before = SealedField(blank=True)
    values_after = SealedField(blank=True)
    result = models.TextField(blank=True)
    reference = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    overtaken_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="overtook")
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
                name="one_open_record",
                violation_error_message="Another upgrade of this application is at work.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} of {self.application_label}"

    def get_absolute_url(self) -> str:
        return reverse("upgrades:record", args=[self.pk])

    @property
    def title(self) -> str:
        """ "Upgrade 1.0 → 1.1", "Install 1.0", "Go back 1.1 → 1.0", "Change at 1.1"."""
        name = self.get_kind_display()
        if self.from_label and self.to_label and self.from_label != self.to_label:
            return f"{name} {self.from_label} → {self.to_label}"
        at = "at " if self.kind == Kind.CHANGE and self.to_label else ""
        return f"{name} {at}{self.to_label or self.from_label}".strip()

    @property
    def subject(self) -> Application:
        """The application, which stays while a record of it is open. Raises LookupError once it was deleted."""
        if self.application is None:
            raise LookupError(f"{self.application_label} was deleted")
        return self.application

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def has_ended(self) -> bool:
        return self.status not in (*OPEN, *NOT_BEGUN)

    @property
    def succeeded(self) -> bool:
        """Whether the application as a whole came to the record's version."""
        return self.status == Status.SUCCEEDED

    @property
    def went_as_planned(self) -> bool:
        """Whether every step was done, be it only for the components that were chosen."""
        if self.status != Status.PARTIALLY_UPGRADED:
            return self.succeeded
        return not self.steps.exclude(status=StepStatus.DONE).exists()

    @cached_property
    def stored_plan(self) -> Plan:
        """Raises Unreadable."""
        try:
            return Plan.from_json(self.plan)
        except ValidationError as error:
            raise Unreadable from error

    @property
    def is_readable(self) -> bool:
        try:
            return bool(self.stored_plan)
        except Unreadable:
            return False

    @property
    def spec_before(self) -> AppSpec:
        return parse(self.before)

    @property
    def spec_after(self) -> AppSpec:
        return parse(self.after)

    def side_before(self) -> Side:
        """What was desired before: the document and what was set for it."""
        return self.values_before_given.side(self.spec_before)

    def side_after(self) -> Side:
        return self.values_after_given.side(self.spec_after)

    def applied_side_before(self) -> Side:
        """What the target had before: the document and what was set for it."""
        document = self.before if self.applied_before is None else self.applied_before
        return self.values_before_given.applied_side(parse(document))

    def applied_side_after(self) -> Side:
        document = self.after if self.applied_after is None else self.applied_after
        return self.values_after_given.applied_side(parse(document))

    @property
    def values_before_given(self) -> Given:
        return Given.read(self.values_before.reveal())

    @property
    def values_after_given(self) -> Given:
        return Given.read(self.values_after.reveal())
