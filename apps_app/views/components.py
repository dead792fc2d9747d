from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from apps_app.actions.remove_component import list_dependants
from apps_app.models import Application, Component
from apps_app.presenters.component_status import get_component_status, is_stopped, was_stopped_outside
from apps_app.presenters.freshness import (
    Freshness,
    compute_component_digest,
    get_refresh_trigger,
    read_last_observed,
    refresh_now,
)
from apps_app.presenters.published_urls import find_address, find_published_url, link_ports
from apps_app.presenters.topology_view import PortView, build_component_lines, list_component_rows
from apps_app.queries.local_changes import find_local_changes, find_pending_changes
from apps_app.queries.pending_changes import describe_pending_changes, list_pending_values, list_referenced_parameters
from apps_app.queries.rendered_spec import get_applied_document, render_desired
from apps_app.views.application_page import render_application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.web import OperatorRequest, wants_fragment
from templates_app.appspec.interpolation.parameterize import find_literals
from templates_app.appspec.presentation.component_facts import (
    ComponentFact,
    describe_dependencies,
    list_config_files,
    list_facts,
)
from templates_app.appspec.schema.component import ComponentSpec


@require_GET
def components(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    desired = application.parse_desired_leniently()
    spec = get_applied_document(application)
    place = find_published_url(application, request.get_host())
    shown, waiting = render_desired(application, desired), list_pending_values(application)
    rows = list_component_rows(application)
    lines = link_ports(build_component_lines(application, shown, spec, rows, waiting), spec, place)
    keys = [line.key for line in lines if line.state.pending]
    pending = describe_pending_changes(application, keys, desired.components.values(), waiting)
    context = {"lines": lines, "pending": pending, "sight": read_last_observed(application, rows)}
    return render_application_page(request, application, "apps_app/components.html", context, current="components")


@require_GET
def component(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """As it was last seen; a target that does not answer keeps nobody waiting."""
    application, row = _get_component(request, slug, key)
    return _render_component(request, application, row, read_last_observed(application, [row]))


@require_GET
def show_component_state(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """As the target shows it now, and nothing of that is kept."""
    application, row = _get_component(request, slug, key)
    return _render_component(request, application, row, refresh_now(application, [row]))


def _get_component(request: OperatorRequest, slug: str, key: str) -> tuple[Application, Component]:
    application = get_visible_object(request, Application.objects.with_installation(), slug=slug)
    return application, get_object_or_404(application.components.select_related("observation"), key=key)


def _render_component(
    request: OperatorRequest, application: Application, row: Component, sight: Freshness
) -> HttpResponse:
    key = row.key
    desired, spec = application.parse_desired_leniently(), get_applied_document(application)
    applied = spec.components.get(key) if spec is not None else None
    written = desired.components.get(key) or row.applied_spec
    shown = render_desired(application, desired).components.get(key) or applied or written
    revalued = not list_pending_values(application).isdisjoint(list_referenced_parameters(shown))
    moved = applied not in (None, shown) or (applied is not None and revalued)
    state = get_component_status(row, has_target=application.target_id is not None, moved=moved)
    mark = compute_component_digest(state, sight, is_stopped(row), was_stopped_outside(row))
    if wants_fragment(request) and request.GET.get("seen") == mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    context = {
        "row": row,
        "asleep": is_stopped(row),
        "stopped_there": was_stopped_outside(row),
        "runs": application.target is not None and application.target.starts_containers and row.applied is not None,
        "state": state,
        "sight": sight,
        "mark": mark,
        "asks": get_refresh_trigger(application, sight) if row.applied is not None else "",
        "polled": wants_fragment(request),
        "applied": applied,
        "written": written,
        "shown": shown,
        "facts": _list_facts(request, application, key, shown, written),
        "reached": _list_addresses(request, application, applied),
        "needs": describe_dependencies(shown) if shown else (),
        "config_files": list_config_files(shown) if shown else (),
        "dependants": list_dependants(desired, key),
        "local": find_local_changes(row),
        "pending": find_pending_changes(key, applied, shown) if applied and shown else None,
    }
    page = "apps_app/component.html"
    return render_application_page(request, application, page, context, current="components", fragment="state")


def _list_addresses(
    request: OperatorRequest, application: Application, applied: ComponentSpec | None
) -> list[PortView]:
    """Where its published tcp ports are, on a target that runs it."""
    place = find_published_url(application, request.get_host())
    return sorted(find_address(applied, place).values(), key=str) if applied and place else []


def _list_facts(
    request: OperatorRequest,
    application: Application,
    key: str,
    shown: ComponentSpec | None,
    written: ComponentSpec | None,
) -> tuple[ComponentFact, ...]:
    """The facts of a component; in a source, each literal with the way to a parameter."""
    if shown is None:
        return ()
    result = list_facts(shown, written)
    if application.get_installation() is not None or not Actor.from_user(request.user).has_role(
        application.team, Role.OPERATOR
    ):
        return result
    url = reverse("apps:parameter-make", args=[application.slug, key])
    methods = {
        literal.path[2:4]: f"{url}?{urlencode({'at': '.'.join(literal.path[2:])})}"
        for literal in find_literals(key, written or shown)
    }
    return tuple(
        replace(
            fact,
            url=methods.get((fact.name,), ""),
            rows=tuple(row._replace(url=methods.get((fact.name, row.name), "")) for row in fact.rows),
        )
        for fact in result
    )
