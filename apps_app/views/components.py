"""The components of an application, and one of them in full."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from apps_app.actions.remove_component import dependants
from apps_app.models import Application, Component
from apps_app.presenters.component_status import component_state, is_asleep, was_stopped_there
from apps_app.presenters.freshness import Sight, last_seen, mark_of_one, seen_now, when_to_ask
from apps_app.presenters.published_urls import linked, place_of, reached
from apps_app.presenters.topology_view import PortShown, component_lines, component_rows
from apps_app.queries.local_changes import local_changes, pending_changes
from apps_app.queries.pending_changes import pending_sentence, reads, waiting_values
from apps_app.queries.rendered_spec import applied_document, rendered
from apps_app.views.application_page import application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.web import OperatorRequest, wants_fragment
from templates_app.appspec.interpolation.parameterize import literals
from templates_app.appspec.presentation.component_facts import Fact, config_files, dependencies, facts
from templates_app.appspec.schema.component import ComponentSpec


@require_GET
def components(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    desired = application.legible_spec()
    spec = applied_document(application)
    place = place_of(application, request.get_host())
    shown, waiting = rendered(application, desired), waiting_values(application)
    rows = component_rows(application)
    lines = linked(component_lines(application, shown, spec, rows, waiting), spec, place)
    keys = [line.key for line in lines if line.state.pending]
    pending = pending_sentence(application, keys, desired.components.values(), waiting)
    context = {"lines": lines, "pending": pending, "sight": last_seen(application, rows)}
    return application_page(request, application, "apps_app/components.html", context, current="components")


@require_GET
def component(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """As it was last seen; a target that does not answer keeps nobody waiting."""
    application, row = _named(request, slug, key)
    return _component(request, application, row, last_seen(application, [row]))


@require_GET
def component_state_now(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """As the target shows it now, and nothing of that is kept."""
    application, row = _named(request, slug, key)
    return _component(request, application, row, seen_now(application, [row]))


def _named(request: OperatorRequest, slug: str, key: str) -> tuple[Application, Component]:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    return application, get_object_or_404(application.components.select_related("observation"), key=key)


def _component(request: OperatorRequest, application: Application, row: Component, sight: Sight) -> HttpResponse:
    key = row.key
    desired, spec = application.legible_spec(), applied_document(application)
    applied = spec.components.get(key) if spec is not None else None
    written = desired.components.get(key) or row.applied_spec
    shown = rendered(application, desired).components.get(key) or applied or written
    revalued = not waiting_values(application).isdisjoint(reads(shown))
    moved = applied not in (None, shown) or (applied is not None and revalued)
    state = component_state(row, has_target=application.target_id is not None, moved=moved)
    mark = mark_of_one(state, sight, is_asleep(row), was_stopped_there(row))
    if wants_fragment(request) and request.GET.get("seen") == mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    context = {
        "row": row,
        "asleep": is_asleep(row),
        "stopped_there": was_stopped_there(row),
        "runs": application.target is not None and application.target.runs and row.applied is not None,
        "state": state,
        "sight": sight,
        "mark": mark,
        "asks": when_to_ask(application, sight) if row.applied is not None else "",
        "polled": wants_fragment(request),
        "applied": applied,
        "written": written,
        "shown": shown,
        "facts": _facts(request, application, key, shown, written),
        "reached": _reached(request, application, applied),
        "needs": dependencies(shown) if shown else (),
        "config_files": config_files(shown) if shown else (),
        "dependants": dependants(desired, key),
        "local": local_changes(row),
        "pending": pending_changes(key, applied, shown) if applied and shown else None,
    }
    page = "apps_app/component.html"
    return application_page(request, application, page, context, current="components", fragment="state")


def _reached(request: OperatorRequest, application: Application, applied: ComponentSpec | None) -> list[PortShown]:
    """Where its published tcp ports are, on a target that runs it."""
    place = place_of(application, request.get_host())
    return sorted(reached(applied, place).values(), key=str) if applied and place else []


def _facts(
    request: OperatorRequest,
    application: Application,
    key: str,
    shown: ComponentSpec | None,
    written: ComponentSpec | None,
) -> tuple[Fact, ...]:
    """The facts of a component; in a source, each literal with the way to a parameter."""
    if shown is None:
        return ()
    result = facts(shown, written)
    if application.installed() is not None or not Actor.of(request.user).may(application.team, Role.OPERATOR):
        return result
    url = reverse("apps:parameter-make", args=[application.slug, key])
    methods = {
        literal.path[2:4]: f"{url}?{urlencode({'at': '.'.join(literal.path[2:])})}"
        for literal in literals(key, written or shown)
    }
    return tuple(
        replace(
            fact,
            url=methods.get((fact.name,), ""),
            rows=tuple(row._replace(url=methods.get((fact.name, row.name), "")) for row in fact.rows),
        )
        for fact in result
    )
