"""Making a parameter out of one text of a component."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps_app.actions.make_parameter import make_parameter
from apps_app.forms.make_parameter import ParameterForm
from apps_app.models import Application
from apps_app.views.application_page import application_page, say_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.appspec.interpolation.parameterize import Literal, literals
from templates_app.appspec.presentation.path_labels import place, said
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@require_http_methods(["GET", "POST"])
def make(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """`?at=` names the place inside the component: "image", "env.LOG_LEVEL", "ports.8000/tcp.8080"."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    spec = application.desired_spec()
    literal = _literal(spec, key, request.GET.get("at", ""))
    form = ParameterForm(request.POST if request.method == "POST" else None, spec=spec, literal=literal)
    if request.method == "POST" and form.is_valid() and _made(request, application, literal, form):
        return redirect("apps:component", slug, key)
    context = {
        "form": form,
        "key": key,
        "place": place(literal.path).removeprefix(f"{key}, "),
        "value": literal.value,
        "back": reverse("apps:component", args=[slug, key]),
    }
    return application_page(request, application, "apps_app/parameter_make.html", context, current="components")


def _literal(spec: AppSpec, key: str, at: str) -> Literal:
    component = spec.components.get(key)
    result = literals(key, component) if component is not None else iter(())
    desired = f"components.{key}.{at}"
    chosen = next((literal for literal in result if desired in {literal.address, ".".join(literal.path[:-1])}), None)
    if chosen is None:
        raise Http404(f"{key} says nothing there that could be a parameter.")
    return chosen


def _made(request: OperatorRequest, application: Application, literal: Literal, form: ParameterForm) -> bool:
    cleaned = form.cleaned_data
    try:
        changed = make_parameter(
            application,
            Actor.of(request.user),
            place=literal,
            name=cleaned["name"],
            label=cleaned["label"],
            also=cleaned.get("also", ()),
            secret=cleaned.get("secret", False),
        )
    except SpecError as error:
        for fault in error.faults:
            form.add_error("name" if fault.path == f"parameters.{cleaned['name']}" else None, said(fault))
        return False
    except Refused as refused:
        say_refusal(form, refused)
        return False
    messages.success(request, f"{cleaned['name']} is a parameter now, read by {listed(changed)}.")
    return True
