"""Adding and editing a component."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.forms.component import ComponentForms
from apps_app.forms.component_fields.component_spec_form import WholeForms, with_uploads
from apps_app.forms.component_fields.sections import singles
from apps_app.forms.component_parts import other_mounts
from apps_app.models import Application, Busy
from apps_app.views.application_page import application_page, editable
from apps_app.views.component_saving import Outcome, save, tell_saved
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.web import OperatorRequest

MANY = 12


@require_http_methods(["GET", "POST"])
def add(request: OperatorRequest, slug: str) -> HttpResponse:
    return _form(request, editable(request, slug), "")


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = editable(request, slug)
    row = application.components.filter(key=key).first()
    if request.method == "GET" and (row is None or row.desired is None):
        raise Http404(f"There is no component {key}.")
    return _form(request, application, key)


def _form(request: OperatorRequest, application: Application, key: str) -> HttpResponse:
    spec = application.legible_spec()
    data = request.POST if request.method == "POST" else None
    more = request.POST.get("more", "")
    forms = ComponentForms(spec, key, data=data, more=more)
    outcome = Outcome()
    if data is not None and not more and forms.is_valid():
        outcome = save(request, application, forms, key)
        if outcome.saved is not None:
            tell_saved(request, application, outcome.saved, outcome.meanwhile)
            return redirect(outcome.saved)
    context = {
        "forms": forms,
        "form": forms.form,
        "key": key,
        "outcome": outcome,
        "busy": Busy.objects.at_work().filter(application=application).first(),
        "kept": [f"{path} ({kind})" for path, kind in other_mounts(forms.original).items()],
        "many": forms.neighbours > MANY,
    }
    return application_page(
        request, application, "apps_app/component_form.html", context, current="components", fragment="fields"
    )


@require_http_methods(["GET", "POST"])
def fields(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """All fields. A post of `more` or `drop` shows what was typed with a row more or less."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    row = application.components.filter(key=key).first()
    if request.method == "GET" and (row is None or row.desired is None):
        raise Http404(f"There is no component {key}.")
    data = with_uploads(request.POST, request.FILES) if request.method == "POST" else None
    forms = WholeForms(application.legible_spec(), key, data=data)
    outcome = Outcome()
    if data is not None and not forms.again and forms.is_valid():
        outcome = save(request, application, forms, key)
        if outcome.saved is not None:
            tell_saved(request, application, outcome.saved, outcome.meanwhile)
            return redirect(outcome.saved)
    context = {
        "forms": forms,
        "key": key,
        "outcome": outcome,
        "sections": [(single_section, forms.singles[single_section.name]) for single_section in singles()],
        "busy": Busy.objects.at_work().filter(application=application).first(),
    }
    return application_page(
        request, application, "apps_app/component_fields.html", context, current="components", fragment="fields"
    )
