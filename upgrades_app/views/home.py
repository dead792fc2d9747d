"""What needs attention, of all that one may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, Installation, ReleaseRecord
from apps_app.states import with_state
from config.accounts.models import Role, Team
from config.web import OperatorRequest, render_page
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status

SHOWN = 8
LATELY = 5
BAD = (Status.FAILED, Status.ROLLED_BACK, Status.ROLLBACK_FAILED, Status.PARTIALLY_UPGRADED, Status.ABORTED)


@dataclass(frozen=True, slots=True)
class Some[T]:
    """The first few rows, and whether there are more."""

    rows: list[T]
    more: bool

    @classmethod
    def of(cls, rows: QuerySet[T]) -> Some[T]:  # type: ignore[type-var]  # rows of any model
        found = list(rows[: SHOWN + 1])
        return cls(found[:SHOWN], len(found) > SHOWN)


@require_GET
def home(request: OperatorRequest) -> HttpResponse:
    user = request.user
    records = UpgradeRecord.objects.visible_to(user).light().select_related("application")
    applications = Application.objects.visible_to(user)
    context = {
        "running": Some.of(records.open().newest_first()),
        "failed": Some.of(_failed(records)),
        "behind": Some.of(_behind(applications)),
        "pending": Some.of(with_state(applications.select_related("target")).filter(Q(state="pending"))),
        "publications": Some.of(
            ReleaseRecord.objects.visible_to(user).unfinished().newest_first().select_related("application")
        ),
        "lately": records.ended().newest_first()[:LATELY],
        "any_application": applications.exists(),
        "any_template": AppTemplate.objects.visible_to(user).exists(),
        "may_create": Team.objects.with_role(user, Role.OPERATOR).exists(),
    }
    groups = ("running", "failed", "behind", "pending", "publications")
    context["quiet"] = not any(context[name].rows for name in groups)  # type: ignore[attr-defined]  # a Some
    return render_page(request, "upgrades_app/home.html", context)


def _failed(records: QuerySet[UpgradeRecord]) -> QuerySet[UpgradeRecord]:
    """The records that ended badly and that nothing came after."""
    last = UpgradeRecord.objects.filter(application=OuterRef("application")).begun().newest_first()
    return (
        records.filter(status__in=BAD)
        .alias(last=Subquery(last.values("pk")[:1]))
        .filter(pk=F("last"))
        .order_by("-created_at")
    )


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
