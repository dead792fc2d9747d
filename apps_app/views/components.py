"""The components of an application, and one of them in full."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from apps_app.actions.remove_component import dependants
from apps_app.local import local_changes, pending_changes
from apps_app.models import Application
from apps_app.picture import component_lines
from apps_app.rendered import applied_document, rendered
from apps_app.states import component_state, is_asleep
from apps_app.views.shared import application_page
from apps_app.views.topology import pending_sentence
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.web import OperatorRequest
from templates_app.spec.component import ComponentSpec
from templates_app.spec.parameterize import literals
from templates_app.spec.readable import Fact, config_files, dependencies, facts


@require_GET
def components(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    shown = rendered(application, application.desired_spec())
    lines = component_lines(application, shown, applied_document(application))
    pending = pending_sentence(application, [line.key for line in lines if line.state.pending])
    context = {"lines": lines, "pending": pending}
    return application_page(request, application, "apps_app/components.html", context, current="components")


@require_GET
def component(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    row = get_object_or_404(application.components.select_related("observation"), key=key)
    desired, there = application.desired_spec(), applied_document(application)
    applied = there.components.get(key) if there is not None else None
    written = desired.components.get(key) or row.applied_spec
    shown = rendered(application, desired).components.get(key) or applied or written
    context = {
        "row": row,
        "asleep": is_asleep(row),
        "runs": application.target is not None and application.target.runs and row.applied is not None,
        "state": component_state(row, has_target=application.target_id is not None, moved=applied not in (None, shown)),
        "applied": applied,
        "written": written,
        "shown": shown,
        "facts": _facts(request, application, key, shown, written),
        "needs": dependencies(shown) if shown else (),
        "config_files": config_files(shown) if shown else (),
        "dependants": dependants(desired, key),
        "local": local_changes(row),
        "pending": pending_changes(key, applied, shown) if applied and shown else None,
    }
    return application_page(request, application, "apps_app/component.html", context, current="components")


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
    found = facts(shown, written)
    if application.installed() is not None or not Actor.of(request.user).may(application.team, Role.OPERATOR):
        return found
    url = reverse("apps:parameter-make", args=[application.slug, key])
    ways = {
        one.path[2:4]: f"{url}?{urlencode({'at': '.'.join(one.path[2:])})}" for one in literals(key, written or shown)
    }
    return tuple(
        replace(
            fact,
            url=ways.get((fact.name,), ""),
            rows=tuple(row._replace(url=ways.get((fact.name, row.name), "")) for row in fact.rows),
        )
        for fact in found
    )
