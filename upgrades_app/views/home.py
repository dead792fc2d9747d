"""What needs attention, of all that one may see."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps_app.models import Application, Component, Installation, ReleaseRecord
from apps_app.models.application import ApplicationQuerySet
from apps_app.presenters.component_status import amiss, is_amiss, with_state
from apps_app.presenters.display_names import Names
from apps_app.queries.unpublished_changes import with_changed_since
from config.accounts.models import Role, Team, User
from config.web import OperatorRequest, render_page
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.engine.execution.status_machine import StepStatus
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.models import UpgradeRecord, UpgradeStep
from upgrades_app.models.record import Status, UpgradeRecordQuerySet
from upgrades_app.presenters import dashboard_lists
from upgrades_app.presenters.dashboard_lists import Lister, Listing

LATELY = 5
BAD = (Status.FAILED, Status.ROLLED_BACK, Status.ROLLBACK_FAILED, Status.PARTIALLY_UPGRADED, Status.ABORTED)


@require_GET
def home(request: OperatorRequest) -> HttpResponse:
    user = request.user
    records = UpgradeRecord.objects.visible_to(user).light().select_related("application")
    applications = Application.objects.visible_to(user)
    lister = Lister(Names.seen_by(user))
    listings = [listing for listing in _listings(user, records, applications, lister) if listing.lines]
    latest = records.ended().newest_first()[:LATELY]
    context = {
        "listings": listings,
        "quiet": not listings,
        "changed": _changed(user, applications, lister),
        "lately": Listing(
            "Lately",
            tuple(dashboard_lists.ended(item, lister.names) for item in latest),
            more_url=reverse("upgrades:list"),
        ),
        "any_application": applications.exists(),
        "any_template": AppTemplate.objects.visible_to(user).exists(),
        "may_create": Team.objects.with_role(user, Role.OPERATOR).exists(),
    }
    return render_page(request, "upgrades_app/home.html", context)


def _listings(
    user: User, records: UpgradeRecordQuerySet, applications: ApplicationQuerySet, lister: Lister
) -> Iterator[Listing]:
    """What asks for somebody, most urgent first; an empty one is left out."""
    everything = reverse("apps:list")
    edited = with_state(applications.select_related("target")).filter(Q(state="pending"))
    drafts = ReleaseRecord.objects.visible_to(user).unfinished().newest_first().select_related("application")
    yield lister.listing("At work", records.open().newest_first(), dashboard_lists.at_work, tone="info")
    failed, partly = _failed(records)
    yield lister.listing("Failed or left unfinished", failed, dashboard_lists.ended)
    yield lister.listing(
        "Not well, or changed on the target",
        _amiss(applications),
        dashboard_lists.amiss,
        url=f"{everything}?state=amiss",
    )
    yield lister.listing("Partly upgraded", partly, dashboard_lists.ended, tone="info")
    yield lister.listing("Installs to confirm", _to_confirm(records), dashboard_lists.to_confirm)
    yield lister.listing(
        "Upgrades offered", _behind(applications), dashboard_lists.behind, tone="info", url=f"{everything}?state=behind"
    )
    yield lister.listing("Changes not applied yet", edited, dashboard_lists.edited, url=f"{everything}?state=pending")
    yield lister.listing("Publications to finish", drafts, dashboard_lists.unpublished)


def _amiss(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With the keys of the components that need a look."""
    keys = Component.objects.filter(amiss(), application=OuterRef("pk")).order_by("key").values("key")
    return applications.filter(is_amiss()).select_related("target").annotate(amiss=ArraySubquery(keys))


def _changed(user: User, applications: ApplicationQuerySet, lister: Lister) -> Listing:
    """Asks for nobody: what could be published, by those who may."""
    teams = Team.objects.with_role(user, Role.PUBLISHER)
    rows = with_changed_since(applications.filter(team__in=teams)).exclude(Q(changed_since=""))
    return lister.listing("Changed since the last version", rows, dashboard_lists.changed, url=reverse("apps:list"))


def _to_confirm(records: UpgradeRecordQuerySet) -> QuerySet[UpgradeRecord]:
    """Planned installs, whose application waits for them."""
    return records.filter(status=Status.PLANNED, kind=Kind.INSTALL, application__isnull=False).newest_first()


def _failed(records: QuerySet[UpgradeRecord]) -> tuple[QuerySet[UpgradeRecord], QuerySet[UpgradeRecord]]:
    """The records that nothing came after and that ended badly, and those that did all of the part that was chosen."""
    last = UpgradeRecord.objects.filter(application=OuterRef("application")).begun().newest_first()
    undone = UpgradeStep.objects.filter(record=OuterRef("pk")).exclude(status=StepStatus.DONE)
    as_planned = Q(status=Status.PARTIALLY_UPGRADED) & ~Exists(undone)
    result = (
        records.filter(status__in=BAD)
        .alias(last=Subquery(last.values("pk")[:1]))
        .filter(pk=F("last"))
        .order_by("-created_at")
    )
    return result.exclude(as_planned), result.filter(as_planned)


def _behind(applications: QuerySet[Application]) -> QuerySet[Installation]:
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
