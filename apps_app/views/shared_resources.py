"""The volumes and networks of an application, and the parameters of a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.save_shared_resources import refuse_installed, save_frame, save_parameters
from apps_app.forms.component_fields.shared_resources import NETWORKS, PARAMETERS, VOLUMES, AroundForms
from apps_app.forms.component_fields.tables import Table
from apps_app.forms.edit_conflicts import OTHERS, Meanwhile, together
from apps_app.models import Application
from apps_app.views.application_page import application_page, editable, say_refusal, tell_refusal, with_review
from config.accounts.access.actor import Actor
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@require_http_methods(["GET", "POST"])
def frame(request: OperatorRequest, slug: str) -> HttpResponse:
    application = editable(request, slug)
    about = {
        "title": "Volumes and networks",
        "subtitle": "What its components mount and meet in. Another key is another volume: its data does not move.",
    }
    return _page(request, application, (VOLUMES, NETWORKS), save_frame, about)


@require_http_methods(["GET", "POST"])
def parameters(request: OperatorRequest, slug: str) -> HttpResponse:
    application = editable(request, slug)
    try:
        refuse_installed(application)
    except Refused as refused:
        if request.method == "POST":
            tell_refusal(request, refused)
        return redirect("apps:settings", slug)
    about = {"title": "Parameters", "subtitle": "What the versions published from here leave open."}
    return _page(request, application, (PARAMETERS,), save_parameters, about)


def _page(
    request: OperatorRequest,
    application: Application,
    tables: tuple[Table, ...],
    save: Callable[..., tuple[str, ...]],
    about: dict[str, Any],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    spec = application.legible_spec()
    forms = AroundForms(spec, tables, data)
    concurrent: Meanwhile | None = None
    if data is not None and not forms.again and forms.is_valid():
        saved, concurrent = _saved(request, application, spec, forms, save)
        if saved:
            return redirect("apps:settings", application.slug)
    context = {"forms": forms, "meanwhile": concurrent, **about}
    return application_page(
        request, application, "apps_app/around.html", context, current="settings", fragment="fields"
    )


def _said(application: Application, changed: tuple[str, ...]) -> str:
    if not changed:
        return "Nothing changed."
    saved = f"Saved: {listed(changed)}."
    return with_review(application, saved) if application.target is not None else saved


def _saved(
    request: OperatorRequest,
    application: Application,
    spec: AppSpec,
    forms: AroundForms,
    save: Callable[..., tuple[str, ...]],
) -> tuple[bool, Meanwhile | None]:
    """Whether it is saved, together with what others saved since the form was opened."""
    concurrent: Meanwhile | None = None
    try:
        base, mine = (spec.model_copy(update=parts) for parts in (forms.opened_parts(), forms.parts()))
        merged, concurrent = together(base, mine, spec, by=OTHERS, stand=forms.stand, data=request.POST)
        if concurrent.open:
            return False, concurrent
        parts = {name: getattr(merged, name) for name in forms.tables}
        changed = save(application, Actor.of(request.user), since=spec, **parts)
    except SpecError as error:
        for fault in error.faults:
            forms.place(fault)
        return False, concurrent
    except Refused as refused:
        say_refusal(forms.form, refused)
        return False, concurrent
    messages.success(request, _said(application, changed))
    if remaining := concurrent.sentence():
        messages.info(request, remaining)
    return True, concurrent
