"""The volumes and networks of an application, and the parameters of a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.save_frame import refuse_installed, save_frame, save_parameters
from apps_app.forms.spec.around import NETWORKS, PARAMETERS, VOLUMES, AroundForms
from apps_app.forms.spec.tables import Table
from apps_app.models import Application
from apps_app.views.shared import application_page, say_refusal, tell_refusal
from apps_app.wording import listed
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.spec.errors import SpecError

OVERTAKEN = "Somebody else changed this while the form was open. Open it again to see how it is now."


@require_http_methods(["GET", "POST"])
def frame(request: OperatorRequest, slug: str) -> HttpResponse:
    application = _editable(request, slug)
    about = {
        "title": "Volumes and networks",
        "subtitle": "What its components mount and meet in. Another key is another volume: its data does not move.",
    }
    return _page(request, application, (VOLUMES, NETWORKS), save_frame, about)


@require_http_methods(["GET", "POST"])
def parameters(request: OperatorRequest, slug: str) -> HttpResponse:
    application = _editable(request, slug)
    try:
        refuse_installed(application)
    except Refused as refused:
        if request.method == "POST":
            tell_refusal(request, refused)
        return redirect("apps:settings", slug)
    about = {"title": "Parameters", "subtitle": "What the versions published from here leave open."}
    return _page(request, application, (PARAMETERS,), save_parameters, about)


def _editable(request: OperatorRequest, slug: str) -> Application:
    return fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)


def _page(
    request: OperatorRequest,
    application: Application,
    tables: tuple[Table, ...],
    save: Callable[..., tuple[str, ...]],
    about: dict[str, Any],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    forms = AroundForms(application.desired_spec(), tables, data)
    if data is not None and not forms.again and forms.is_valid() and _saved(request, application, forms, save):
        return redirect("apps:settings", application.slug)
    return application_page(
        request, application, "apps_app/around.html", {"forms": forms, **about}, current="settings", fragment="fields"
    )


def _saved(
    request: OperatorRequest, application: Application, forms: AroundForms, save: Callable[..., tuple[str, ...]]
) -> bool:
    if forms.overtaken:
        forms.form.add_error(None, OVERTAKEN)
        return False
    try:
        changed = save(application, Actor.of(request.user), **forms.parts())
    except SpecError as error:
        for fault in error.faults:
            forms.place(fault)
        return False
    except Refused as refused:
        say_refusal(forms.form, refused)
        return False
    messages.success(request, f"{listed(changed).capitalize()} saved." if changed else "Nothing changed.")
    return True
