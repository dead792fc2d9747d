from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, ApplicationLock, Component
from apps_app.presenters.freshness import (
    Freshness,
    compute_page_digest,
    get_refresh_trigger,
    read_last_observed,
    refresh_now,
)
from apps_app.presenters.published_urls import find_published_url, link_ports
from apps_app.presenters.topology_filter import TopologyFilter
from apps_app.presenters.topology_view import (
    ComponentLineView,
    build_component_lines,
    build_picture,
    list_component_rows,
)
from apps_app.queries.pending_changes import describe_pending_changes, list_pending_values
from apps_app.queries.rendered_spec import get_applied_document, render_desired
from apps_app.queries.unpublished_changes import get_changed_since
from apps_app.topology import Picture
from apps_app.views.application_page import render_application_page
from config.accounts.access.guards import get_visible_object
from config.web import OperatorRequest, wants_fragment
from templates_app.appspec.presentation.path_labels import describe_dotted_path, list_path_steps
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.validation.validate import validate_spec


@require_GET
def topology(request: OperatorRequest, slug: str) -> HttpResponse:
    """As it was last seen; a target that does not answer keeps nobody waiting."""
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    rows = list_component_rows(application)
    return _render_page(request, application, rows, read_last_observed(application, rows))


@require_GET
def show_state(request: OperatorRequest, slug: str) -> HttpResponse:
    """As the target shows it now, and nothing of that is kept."""
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    rows = list_component_rows(application)
    return _render_page(request, application, rows, refresh_now(application, rows))


def _render_page(
    request: OperatorRequest, application: Application, rows: list[Component], sight: Freshness
) -> HttpResponse:
    desired = application.parse_desired_leniently()
    shown = render_desired(application, desired)
    spec = get_applied_document(application)
    place = find_published_url(application, request.get_host())
    waiting = list_pending_values(application)
    lines = link_ports(build_component_lines(application, shown, spec, rows, waiting), spec, place)
    mark, applied = compute_page_digest(lines, sight), application.was_ever_applied()
    if wants_fragment(request) and request.GET.get("seen") == mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    busy = ApplicationLock.objects.active().filter(application=application).first()
    context = {
        "lines": lines,
        "astray": [line for line in lines if line.state.drifted or line.state.missing],
        "to_install": application.is_install_pending and (busy is not None or not lines),
        "sight": sight,
        "mark": mark,
        "runs": applied and application.target is not None and application.target.starts_containers,
        "asks": get_refresh_trigger(application, sight) if applied else "",
        **_apply_filter(
            TopologyFilter.from_request(request.GET), lines, build_picture(lines, shown.components) if lines else None
        ),
        "pending": describe_pending_changes(
            application, _describe_pending(lines), desired.components.values(), waiting
        ),
        "busy": busy,
        "faults": _list_faults(validate_spec(desired)),
        "changed_since": get_changed_since(application),
    }
    return render_application_page(
        request, application, "apps_app/topology.html", context, current="topology", fragment="state"
    )


def _apply_filter(
    lens: TopologyFilter, lines: tuple[ComponentLineView, ...], drawn: Picture | None
) -> dict[str, object]:
    """The picture as large as asked for, and what was found in it."""
    result = lens.apply(lines)
    return {
        "lens": lens,
        "tools": lens.is_useful(lines),
        "states": lens.states(lines),
        "found": result,
        "faint": {line.key for line in lines} - {line.key for line in result},
        "picture": drawn,
        "scaled": lens.scale(drawn) if drawn and lens.zoom else None,
    }


def _describe_pending(lines: tuple[ComponentLineView, ...]) -> list[str]:
    return [line.key for line in lines if line.state.pending]


def _list_faults(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    """What does not hold together, each with the component where it can be mended."""
    result = []
    for fault in faults:
        at = list_path_steps(fault.path)
        key = at[1] if at[:1] == ("components",) and len(at) > 1 else ""
        result.append({"place": describe_dotted_path(fault.path), "message": fault.message, "key": key})
    return result
