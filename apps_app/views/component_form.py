from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.forms.component import ComponentFormSet
from apps_app.forms.component_fields.component_spec_form import ComponentSpecForm, merge_uploads
from apps_app.forms.component_fields.sections import list_single_sections
from apps_app.forms.component_parts import list_other_mounts
from apps_app.models import Application, ApplicationLock
from apps_app.views.application_page import get_editable_spec, render_application_page
from apps_app.views.component_saving import SaveOutcome, save_component_form, show_saved_message
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.web import OperatorRequest

MANY = 12


@require_http_methods(["GET", "POST"])
def add(request: OperatorRequest, slug: str) -> HttpResponse:
    return _render_form(request, get_editable_spec(request, slug), "")


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = get_editable_spec(request, slug)
    row = application.components.filter(key=key).first()
    if request.method == "GET" and (row is None or row.desired is None):
        raise Http404(f"Component {key} not found.")
    return _render_form(request, application, key)


def _render_form(request: OperatorRequest, application: Application, key: str) -> HttpResponse:
    spec = application.parse_desired_leniently()
    data = request.POST if request.method == "POST" else None
    more = request.POST.get("more", "")
    forms = ComponentFormSet(spec, key, data=data, more=more)
    outcome = SaveOutcome()
    if data is not None and not more and forms.is_valid():
        outcome = save_component_form(request, application, forms, key)
        if outcome.saved is not None:
            show_saved_message(request, application, outcome.saved, outcome.conflicts)
            return redirect(outcome.saved)
    context = {
        "forms": forms,
        "form": forms.form,
        "key": key,
        "outcome": outcome,
        "busy": ApplicationLock.objects.active().filter(application=application).first(),
        "kept": [f"{path} ({kind})" for path, kind in list_other_mounts(forms.original).items()],
        "many": forms.neighbours > MANY,
    }
    return render_application_page(
        request, application, "apps_app/component_form.html", context, current="components", fragment="fields"
    )


@require_http_methods(["GET", "POST"])
def fields(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """All fields. A post of `more` or `drop` shows what was typed with a row more or less."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    row = application.components.filter(key=key).first()
    if request.method == "GET" and (row is None or row.desired is None):
        raise Http404(f"Component {key} not found.")
    data = merge_uploads(request.POST, request.FILES) if request.method == "POST" else None
    forms = ComponentSpecForm(application.parse_desired_leniently(), key, data=data)
    outcome = SaveOutcome()
    if data is not None and not forms.again and forms.is_valid():
        outcome = save_component_form(request, application, forms, key)
        if outcome.saved is not None:
            show_saved_message(request, application, outcome.saved, outcome.conflicts)
            return redirect(outcome.saved)
    context = {
        "forms": forms,
        "key": key,
        "outcome": outcome,
        "sections": [(single_section, forms.singles[single_section.name]) for single_section in list_single_sections()],
        "busy": ApplicationLock.objects.active().filter(application=application).first(),
    }
    return render_application_page(
        request, application, "apps_app/component_fields.html", context, current="components", fragment="fields"
    )
