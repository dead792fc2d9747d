"""Renaming a component, and copying one: asked first, with what it means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.remove_component import dependants
from apps_app.actions.rename_component import (
    comes_from_template,
    copy_component,
    mentions,
    own_volumes,
    rename_component,
)
from apps_app.forms.component_key import KeyForm
from apps_app.models import Application, Component
from apps_app.views.application_page import say_faults, say_refusal
from apps_app.views.component_saving import tell_saved
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import uses_of


@require_http_methods(["GET", "POST"])
def rename(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application, spec = _opened(request, slug, key)
    from_template = comes_from_template(application, key)
    about = {"title": f"Rename {key}?", "happens": _renamed(application, spec, key), "submit": "Rename"}
    if from_template:
        about["warning"] = (
            "It comes from the template. Under another key it is this application's own, and the template's is removed."
        )

    def do(to: str) -> Component:
        return rename_component(application, Actor.of(request.user), key=key, to=to, as_own=from_template)

    return _answer(request, application, key, do, about, ask=from_template)


@require_http_methods(["GET", "POST"])
def copy(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application, spec = _opened(request, slug, key)
    about = {"title": f"Copy {key}?", "happens": _copied(spec, key), "submit": "Copy"}

    def do(to: str) -> Component:
        return copy_component(application, Actor.of(request.user), key=key, to=to)

    return _answer(request, application, key, do, about, ask=False)


def _opened(request: OperatorRequest, slug: str, key: str) -> tuple[Application, AppSpec]:
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    spec = application.desired_spec()
    if key not in spec.components:
        raise Http404(f"There is no component {key}.")
    return application, spec


def _answer(
    request: OperatorRequest,
    application: Application,
    key: str,
    do: Callable[[str], Component],
    about: dict[str, Any],
    *,
    ask: bool,
) -> HttpResponse:
    form = KeyForm(request.POST if request.method == "POST" else None, ask=ask, initial={"to": f"{key}-2"})
    if request.method == "POST" and form.is_valid():
        try:
            row = do(form.cleaned_data["to"])
        except Refused as refused:
            say_refusal(form, refused)
        except SpecError as error:
            say_faults(form, error)
        else:
            tell_saved(request, application, row)
            return redirect(row)
    context = {**about, "form": form, "cancel_url": application.components.get(key=key).get_absolute_url()}
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _renamed(application: Application, spec: AppSpec, key: str) -> list[str]:
    lines = []
    if needing := dependants(spec, key):
        lines.append(
            f"{listed(needing)} {'follows' if len(needing) == 1 else 'follow'}: the dependency has the new key."
        )
    if described := mentions(spec, key):
        lines.append(f"Others reach it under its key. This is not rewritten: {listed(described)}.")
    if application.components.filter(key=key, applied__isnull=False).exists():
        lines.append(f"On {application.target}, {key} goes and the new one comes, once you apply it.")
    if volumes := sorted(uses_of(spec.components[key]).volumes):
        lines.append(f"Its data stays: {listed(volumes)}.")
    return lines


def _copied(spec: AppSpec, key: str) -> list[str]:
    lines = ["The copy has the same image, variables, files and dependencies. Nothing depends on it."]
    if volumes := own_volumes(spec, key, f"{key}-2"):
        lines.append(f"It has volumes of its own in place of {listed(sorted(volumes))}; they start empty.")
    if any(spec.components[key].ports.values()):
        lines.append("Its ports are not published: an address can only be published once.")
    if any(network.aliases for network in spec.components[key].networks.values()):
        lines.append(f"It has no aliases: under those, others go on reaching {key} alone.")
    return lines
