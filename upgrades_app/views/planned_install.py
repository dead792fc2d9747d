"""Status and preview of an unfinished install."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.presenters.component_status import ComponentStatus
from apps_app.presenters.topology_view import ComponentLineView, build_picture, list_port_texts
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.statuses import get_badge, is_in_progress
from config.web import OperatorRequest, wants_fragment
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import OperationKind, SpecSide
from upgrades_app.engine.inputs.rendered_side import render_side
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import DROPPED, Status
from upgrades_app.presenters.labels import get_plan_again_url


@require_GET
def show_planned_install(request: OperatorRequest, slug: str) -> HttpResponse:
    """A page, and a fragment of the topology page until the install has succeeded; then that page reloads."""
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    installation = application.get_installation()
    record = _get_install(application)
    if wants_fragment(request) and installation is not None and installation.version is not None:
        return _refresh_page()
    if not wants_fragment(request) and (record is None or record.succeeded):
        return redirect(application)
    context: dict[str, object] = {"record": None}
    if record is not None and not record.succeeded:
        badge = get_badge(record.status)
        context = {
            "record": record,
            "title": f"Install {record.template_label} {record.to_label}: {badge.label.lower()}",
            "icon": badge.icon,
            "is_running": is_in_progress(record.status),
            "is_planned": record.status == Status.PLANNED,
            "again": get_plan_again_url(record),
            **_build_picture(record),
        }
    return render_application_page(
        request, application, "upgrades_app/planned_install.html", context, current="topology", fragment="planned"
    )


def _get_install(application: Application) -> UpgradeRecord | None:
    """Return the latest install record that was not discarded or superseded."""
    records = application.upgrade_records.filter(kind=OperationKind.INSTALL).exclude(status__in=DROPPED)
    return records.select_related("to_version__template").newest_first().first()


def _build_picture(record: UpgradeRecord) -> dict[str, object]:
    """Build the topology of the planned components with their step statuses."""
    if not record.is_readable:
        return {}
    steps = {step.key: step.status for step in record.steps.all()}
    plan = record.stored_plan
    spec = render_side(SpecSide(plan.spec, plan.values)).spec
    lines = _build_lines(record, spec, steps)
    return {"lines": lines, "picture": build_picture(lines, spec.components) if lines else None}


def _build_lines(record: UpgradeRecord, spec: AppSpec, steps: dict[str, str]) -> tuple[ComponentLineView, ...]:
    return tuple(
        ComponentLineView(
            key=key,
            image=component.image,
            state=_get_state(steps.get(key, Status.PLANNED)),
            depends_on=tuple(sorted(component.depends_on)),
            ports=tuple(list_port_texts(component)),
            url=record.get_absolute_url(),
            job=component.kind == "job",
            volumes=sum(mount.kind == "volume" for mount in component.mounts.values()),
        )
        for key, component in sorted(spec.components.items())
    )


def _get_state(status: str) -> ComponentStatus:
    return ComponentStatus(status, get_badge(status).label)


def _refresh_page() -> HttpResponse:
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
