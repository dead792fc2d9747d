from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.save_shared_resources import check_not_installed, save_parameters, save_shared_resources
from apps_app.forms.component_fields.shared_resources import NETWORKS, PARAMETERS, VOLUMES, SharedResourcesForm
from apps_app.forms.component_fields.tables import TableLayout
from apps_app.forms.edit_conflicts import OTHERS, EditConflicts, merge_edits
from apps_app.models import Application
from apps_app.views.application_page import (
    add_review,
    build_refusal_message,
    get_editable_spec,
    render_application_page,
    show_refusal,
)
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from config.web import OperatorRequest
from templates_app.appspec.presentation.text import join_names
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@require_http_methods(["GET", "POST"])
def edit_shared_resources(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_editable_spec(request, slug)
    about = {
        "title": "Volumes and networks",
        "subtitle": "Volumes and networks shared by the components. Changing a key creates a new volume; data is not moved.",
    }
    return _render_page(request, application, (VOLUMES, NETWORKS), save_shared_resources, about)


@require_http_methods(["GET", "POST"])
def edit_parameters(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_editable_spec(request, slug)
    try:
        check_not_installed(application)
    except OperationRefused as refused:
        if request.method == "POST":
            build_refusal_message(request, refused)
        return redirect("apps:settings", slug)
    about = {"title": "Parameters", "subtitle": "Parameters of the versions published from this application."}
    return _render_page(request, application, (PARAMETERS,), save_parameters, about)


def _render_page(
    request: OperatorRequest,
    application: Application,
    tables: tuple[TableLayout, ...],
    save: Callable[..., tuple[str, ...]],
    about: dict[str, Any],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    spec = application.parse_desired_leniently()
    forms = SharedResourcesForm(spec, tables, data)
    concurrent: EditConflicts | None = None
    if data is not None and not forms.again and forms.is_valid():
        saved, concurrent = _save(request, application, spec, forms, save)
        if saved:
            return redirect("apps:settings", application.slug)
    context = {"forms": forms, "meanwhile": concurrent, **about}
    return render_application_page(
        request, application, "apps_app/around.html", context, current="settings", fragment="fields"
    )


def _describe_conflicts(application: Application, changed: tuple[str, ...]) -> str:
    if not changed:
        return "Nothing changed."
    saved = f"Saved: {join_names(changed)}."
    return add_review(application, saved) if application.target is not None else saved


def _save(
    request: OperatorRequest,
    application: Application,
    spec: AppSpec,
    forms: SharedResourcesForm,
    save: Callable[..., tuple[str, ...]],
) -> tuple[bool, EditConflicts | None]:
    """Whether it is saved, together with what others saved since the form was opened."""
    concurrent: EditConflicts | None = None
    try:
        base, mine = (spec.model_copy(update=parts) for parts in (forms.snapshot_parts(), forms.parts()))
        merged, concurrent = merge_edits(base, mine, spec, by=OTHERS, stand=forms.revision, data=request.POST)
        if concurrent.open:
            return False, concurrent
        parts = {name: getattr(merged, name) for name in forms.tables}
        changed = save(application, Actor.from_user(request.user), since=spec, **parts)
    except SpecError as error:
        for fault in error.faults:
            forms.find_field(fault)
        return False, concurrent
    except OperationRefused as refused:
        show_refusal(forms.form, refused)
        return False, concurrent
    messages.success(request, _describe_conflicts(application, changed))
    if remaining := concurrent.sentence():
        messages.info(request, remaining)
    return True, concurrent
