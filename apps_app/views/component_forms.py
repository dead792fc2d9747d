"""Adding and editing a component."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.forms.component import ComponentForms
from apps_app.forms.parts import other_mounts
from apps_app.models import Application, Busy
from apps_app.views.component_saving import Outcome, save, tell_saved
from apps_app.views.shared import application_page, editable
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
