from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.remove_component import list_dependants
from apps_app.actions.rename_component import (
    copy_component,
    is_from_template,
    list_mentions,
    list_own_volumes,
    rename_component,
)
from apps_app.forms.component_key import ComponentKeyForm
from apps_app.models import Application, Component
from apps_app.views.application_page import show_faults, show_refusal
from apps_app.views.component_saving import show_saved_message
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.resource_usage import find_resource_usage


@require_http_methods(["GET", "POST"])
def rename(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application, spec = _open_form(request, slug, key)
    from_template = is_from_template(application, key)
    about = {"title": f"Rename {key}?", "happens": _rename(application, spec, key), "submit": "Rename"}
    if from_template:
        about["warning"] = (
            "This component comes from the template. After renaming, it is managed by this application and no longer upgraded."
        )

    def do(to: str) -> Component:
        return rename_component(application, Actor.from_user(request.user), key=key, to=to, as_own=from_template)

    return _render_answer(request, application, key, do, about, ask=from_template)


@require_http_methods(["GET", "POST"])
def copy(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application, spec = _open_form(request, slug, key)
    about = {"title": f"Copy {key}?", "happens": _copy(spec, key), "submit": "Copy"}

    def do(to: str) -> Component:
        return copy_component(application, Actor.from_user(request.user), key=key, to=to)

    return _render_answer(request, application, key, do, about, ask=False)


def _open_form(request: OperatorRequest, slug: str, key: str) -> tuple[Application, AppSpec]:
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    spec = application.desired_spec()
    if key not in spec.components:
        raise Http404(f"Component {key} not found.")
    return application, spec


def _render_answer(
    request: OperatorRequest,
    application: Application,
    key: str,
    do: Callable[[str], Component],
    about: dict[str, Any],
    *,
    ask: bool,
) -> HttpResponse:
    form = ComponentKeyForm(request.POST if request.method == "POST" else None, ask=ask, initial={"to": f"{key}-2"})
    if request.method == "POST" and form.is_valid():
        try:
            row = do(form.cleaned_data["to"])
        except OperationRefused as refused:
            show_refusal(form, refused)
        except SpecError as error:
            show_faults(form, error)
        else:
            show_saved_message(request, application, row)
            return redirect(row)
    context = {**about, "form": form, "cancel_url": application.components.get(key=key).get_absolute_url()}
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _rename(application: Application, spec: AppSpec, key: str) -> list[str]:
    lines = []
    if needing := list_dependants(spec, key):
        lines.append(
            f"{join_names(needing)} {'follows' if len(needing) == 1 else 'follow'}: their dependency uses the new key."
        )
    if described := list_mentions(spec, key):
        lines.append(f"Components use the key as DNS name. These texts are not updated: {join_names(described)}.")
    if application.components.filter(key=key, applied__isnull=False).exists():
        lines.append(
            f"On {application.target}, {key} is removed and the new component is created when you apply the change."
        )
    if volumes := sorted(find_resource_usage(spec.components[key]).volumes):
        lines.append(f"Data is kept: {join_names(volumes)}.")
    return lines


def _copy(spec: AppSpec, key: str) -> list[str]:
    lines = ["The copy has the same image, variables, files and dependencies. No component depends on it."]
    if volumes := list_own_volumes(spec, key, f"{key}-2"):
        lines.append(f"It gets new volumes instead of {join_names(sorted(volumes))}, which start empty.")
    if any(spec.components[key].ports.values()):
        lines.append("Its ports are not published, because an address can be published only once.")
    if any(network.aliases for network in spec.components[key].networks.values()):
        lines.append(f"It has no network aliases; these keep pointing to {key}.")
    return lines
