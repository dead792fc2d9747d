"""Home page: running, failed and pending work of all visible applications."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps_app.models import Application, Component, Installation, ReleaseRecord
from apps_app.models.application import ApplicationQuerySet
from apps_app.presenters.component_status import annotate_state, filter_needing_attention, needs_attention
from apps_app.presenters.display_names import DisplayNames
from apps_app.queries.unpublished_changes import annotate_unpublished
from config.accounts.models import Role, Team, User
from config.web import OperatorRequest, render_page
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.models import UpgradeRecord, UpgradeStep
from upgrades_app.models.record import Status, UpgradeRecordQuerySet
from upgrades_app.presenters import dashboard_lists
from upgrades_app.presenters.dashboard_lists import DashboardBuilder, DashboardList

RECENT = 5
UNSUCCESSFUL = (Status.FAILED, Status.ROLLED_BACK, Status.ROLLBACK_FAILED, Status.PARTIALLY_UPGRADED, Status.ABORTED)


@require_GET
def home(request: OperatorRequest) -> HttpResponse:
    user = request.user
    records = UpgradeRecord.objects.visible_to(user).without_documents().select_related("application")
    applications = Application.objects.visible_to(user)
    builder = DashboardBuilder(DisplayNames.for_user(user))
    lists = [listing for listing in _build_lists(user, records, applications, builder) if listing.lines]
    latest = records.finished().newest_first()[:RECENT]
    context = {
        "lists": lists,
        "is_quiet": not lists,
        "changed": _build_changed_list(user, applications, builder),
        "recent": DashboardList(
            "Recent activity",
            tuple(dashboard_lists.build_ended_line(item, builder.names) for item in latest),
            more_url=reverse("upgrades:list"),
        ),
        "any_application": applications.exists(),
        "any_template": AppTemplate.objects.visible_to(user).exists(),
        "may_create": Team.objects.with_role(user, Role.OPERATOR).exists(),
    }
    return render_page(request, "upgrades_app/home.html", context)


def _build_lists(
    user: User, records: UpgradeRecordQuerySet, applications: ApplicationQuerySet, builder: DashboardBuilder
) -> Iterator[DashboardList]:
    """Yield the lists of the home page, most urgent first."""
    list_url = reverse("apps:list")
    edited = annotate_state(applications.select_related("target")).filter(Q(state="pending"))
    drafts = ReleaseRecord.objects.visible_to(user).unfinished().newest_first().select_related("application")
    yield builder.build_list(
        "In progress", records.open().newest_first(), dashboard_lists.build_running_line, tone="info"
    )
    failed, partial = _list_failed(records)
    yield builder.build_list("Failed operations", failed, dashboard_lists.build_ended_line)
    yield builder.build_list(
        "Needs attention",
        _list_needing_attention(applications),
        dashboard_lists.build_attention_line,
        url=f"{list_url}?state=amiss",
    )
    yield builder.build_list("Partially upgraded", partial, dashboard_lists.build_ended_line, tone="info")
    yield builder.build_list("Pending plans", _list_planned(records), dashboard_lists.build_planned_line)
    yield builder.build_list(
        "Upgrades available",
        _list_outdated(applications),
        dashboard_lists.build_outdated_line,
        tone="info",
        url=f"{list_url}?state=behind",
    )
    yield builder.build_list(
        "Pending changes", edited, dashboard_lists.build_pending_line, url=f"{list_url}?state=pending"
    )
    yield builder.build_list("Unfinished publications", drafts, dashboard_lists.build_unpublished_line)


def _list_needing_attention(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Return applications that need attention, annotated with the component keys."""
    keys = (
        Component.objects.filter(filter_needing_attention(), application=OuterRef("pk")).order_by("key").values("key")
    )
    return applications.filter(needs_attention()).select_related("target").annotate(amiss=ArraySubquery(keys))


def _build_changed_list(user: User, applications: ApplicationQuerySet, builder: DashboardBuilder) -> DashboardList:
    """Build the list of applications with unpublished changes, for publishers."""
    teams = Team.objects.with_role(user, Role.PUBLISHER)
    rows = annotate_unpublished(applications.filter(team__in=teams)).exclude(Q(changed_since=""))
    return builder.build_list("Unpublished changes", rows, dashboard_lists.build_changed_line, url=reverse("apps:list"))


def _list_planned(records: UpgradeRecordQuerySet) -> QuerySet[UpgradeRecord]:
    """Return the planned installs."""
    return records.filter(status=Status.PLANNED, kind=OperationKind.INSTALL, application__isnull=False).newest_first()


def _list_failed(records: QuerySet[UpgradeRecord]) -> tuple[QuerySet[UpgradeRecord], QuerySet[UpgradeRecord]]:
    """Return the latest records that failed, and those that completed a partial operation."""
    last = UpgradeRecord.objects.filter(application=OuterRef("application")).started().newest_first()
    unfinished = UpgradeStep.objects.filter(record=OuterRef("pk")).exclude(status=StepStatus.DONE)
    as_planned = Q(status=Status.PARTIALLY_UPGRADED) & ~Exists(unfinished)
    result = (
        records.filter(status__in=UNSUCCESSFUL)
        .alias(last=Subquery(last.values("pk")[:1]))
        .filter(pk=F("last"))
        .order_by("-created_at")
    )
    return result.exclude(as_planned), result.filter(as_planned)


def _list_outdated(applications: QuerySet[Application]) -> QuerySet[Installation]:
    newer = TemplateVersion.objects.released().filter(
        template=OuterRef("template"), sort_key__gt=OuterRef("version__sort_key")
    )
    final = newer.filter(prerelease=False).newest_first().values("version")[:1]
    return (
        Installation.objects.filter(application__in=applications)
        .behind()
        .annotate(newest=Subquery(final))
        .select_related("application__target", "template", "version")
        .defer("version__document", "application__imported")
        .order_by("application__name", "application__slug")
    )
