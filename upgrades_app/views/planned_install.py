"""The install of an application that is not installed yet: how it stands, and what it brings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from apps_app.models import Application
from apps_app.presenters.component_status import ComponentState
from apps_app.presenters.topology_view import ComponentLine, picture, port_texts
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.statuses import is_moving, look
from config.web import OperatorRequest, wants_fragment
from templates_app.appspec.schema.model import AppSpec
from upgrades_app.engine.inputs.planning_input import Kind, Side
from upgrades_app.engine.inputs.rendered_side import view
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import DROPPED, Status
from upgrades_app.presenters.labels import plan_again_url


@require_GET
def planned(request: OperatorRequest, slug: str) -> HttpResponse:
    """A page of its own, and a part of the topology until the install arrived; then that shows itself anew."""
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    installation = application.installed()
    record = _install_of(application)
    if wants_fragment(request) and installation is not None and installation.version is not None:
        return _arrived()
    if not wants_fragment(request) and (record is None or record.succeeded):
        return redirect(application)
    context: dict[str, object] = {"record": None}
    if record is not None and not record.succeeded:
        badge = look(record.status)
        context = {
            "record": record,
            "title": f"Install of {record.template_label} {record.to_label}: {badge.word.lower()}",
            "icon": badge.icon,
            "moves": is_moving(record.status),
            "waits": record.status == Status.PLANNED,
            "again": plan_again_url(record),
            **_picture(record),
        }
    return application_page(
        request, application, "upgrades_app/planned.html", context, current="topology", fragment="planned"
    )


def _install_of(application: Application) -> UpgradeRecord | None:
    """The last one that was planned or begun; a plan that was dropped is nothing to show."""
    records = application.upgrade_records.filter(kind=Kind.INSTALL).exclude(status__in=DROPPED)
    return records.select_related("to_version__template").newest_first().first()


def _picture(record: UpgradeRecord) -> dict[str, object]:
    """The components as they will be, each with the step that brings it."""
    if not record.is_readable:
        return {}
    steps = {step.key: step.status for step in record.steps.all()}
    plan = record.stored_plan
    spec = view(Side(plan.spec, plan.values)).spec
    lines = _lines(record, spec, steps)
    return {"lines": lines, "picture": picture(lines, spec.components) if lines else None}


def _lines(record: UpgradeRecord, spec: AppSpec, steps: dict[str, str]) -> tuple[ComponentLine, ...]:
    return tuple(
        ComponentLine(
            key=key,
            image=component.image,
            state=_state(steps.get(key, Status.PLANNED)),
            depends_on=tuple(sorted(component.depends_on)),
            ports=tuple(port_texts(component)),
            url=record.get_absolute_url(),
            job=component.kind == "job",
            volumes=sum(mount.kind == "volume" for mount in component.mounts.values()),
        )
        for key, component in sorted(spec.components.items())
    )


def _state(status: str) -> ComponentState:
    return ComponentState(status, look(status).word)


def _arrived() -> HttpResponse:
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
