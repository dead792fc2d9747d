"""An application at a glance: its components as a picture and as a table."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps_app.models import Application, Busy, Component
from apps_app.presenters.freshness import Sight, last_seen, mark_of, seen_now, when_to_ask
from apps_app.presenters.published_urls import linked, place_of
from apps_app.presenters.topology_filter import Lens
from apps_app.presenters.topology_view import ComponentLine, component_lines, component_rows, picture
from apps_app.queries.pending_changes import pending_sentence, waiting_values
from apps_app.queries.rendered_spec import applied_document, rendered
from apps_app.queries.unpublished_changes import changed_since
from apps_app.topology import Picture
from apps_app.views.application_page import application_page
from config.accounts.access.guards import fetch
from config.web import OperatorRequest, wants_fragment
from templates_app.appspec.presentation.path_labels import spoken_place, steps
from templates_app.appspec.schema.errors import Fault
from templates_app.appspec.validation.validate import check


@require_GET
def topology(request: OperatorRequest, slug: str) -> HttpResponse:
    """As it was last seen; a target that does not answer keeps nobody waiting."""
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    rows = component_rows(application)
    return _page(request, application, rows, last_seen(application, rows))


@require_GET
def state(request: OperatorRequest, slug: str) -> HttpResponse:
    """As the target shows it now, and nothing of that is kept."""
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    rows = component_rows(application)
    return _page(request, application, rows, seen_now(application, rows))


def _page(request: OperatorRequest, application: Application, rows: list[Component], sight: Sight) -> HttpResponse:
    desired = application.legible_spec()
    shown = rendered(application, desired)
    spec = applied_document(application)
    place = place_of(application, request.get_host())
    waiting = waiting_values(application)
    lines = linked(component_lines(application, shown, spec, rows, waiting), spec, place)
    mark, applied = mark_of(lines, sight), application.was_ever_applied()
    if wants_fragment(request) and request.GET.get("seen") == mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    busy = Busy.objects.at_work().filter(application=application).first()
    context = {
        "lines": lines,
        "astray": [line for line in lines if line.state.drifted or line.state.gone],
        "to_install": application.waits_for_install and (busy is not None or not lines),
        "sight": sight,
        "mark": mark,
        "runs": applied and application.target is not None and application.target.runs,
        "asks": when_to_ask(application, sight) if applied else "",
        **_seen_through(Lens.of(request.GET), lines, picture(lines, shown.components) if lines else None),
        "pending": pending_sentence(application, _waiting(lines), desired.components.values(), waiting),
        "busy": busy,
        "faults": _faults(check(desired)),
        "changed_since": changed_since(application),
    }
    return application_page(
        request, application, "apps_app/topology.html", context, current="topology", fragment="state"
    )


def _seen_through(lens: Lens, lines: tuple[ComponentLine, ...], drawn: Picture | None) -> dict[str, object]:
    """The picture as large as asked for, and what was found in it."""
    result = lens.found(lines)
    return {
        "lens": lens,
        "tools": lens.helps(lines),
        "states": lens.states(lines),
        "found": result,
        "faint": {line.key for line in lines} - {line.key for line in result},
        "picture": drawn,
        "scaled": lens.scaled(drawn) if drawn and lens.zoom else None,
    }


def _waiting(lines: tuple[ComponentLine, ...]) -> list[str]:
    return [line.key for line in lines if line.state.pending]


def _faults(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    """What does not hold together, each with the component where it can be mended."""
    result = []
    for fault in faults:
        at = steps(fault.path)
        key = at[1] if at[:1] == ("components",) and len(at) > 1 else ""
        result.append({"place": spoken_place(fault.path), "message": fault.message, "key": key})
    return result
