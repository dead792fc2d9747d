"""Adding, editing and removing a component."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.remove_component import dependants, remove_component
from apps_app.actions.save_component import save_component
from apps_app.forms.component import ComponentForms
from apps_app.forms.proposals import Proposal, accepted_parameters, accepted_secrets, proposals, unasked
from apps_app.models import Application, Busy, Component
from apps_app.views.shared import application_page, say_refusal
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.spec.errors import SpecError
from templates_app.spec.places import said

MANY = 12


@require_http_methods(["GET", "POST"])
def add(request: OperatorRequest, slug: str) -> HttpResponse:
    application = _editable(request, slug)
    return _form(request, application, "")


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = _editable(request, slug)
    row = get_object_or_404(application.components.wanted(), key=key)
    return _form(request, application, key, row.revision)


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = _editable(request, slug)
    row = get_object_or_404(application.components.wanted(), key=key)
    needing = dependants(application.desired_spec(), key)
    refusal = ""
    if request.method == "POST":
        try:
            remove_component(application, Actor.of(request.user), key=key, cut=request.POST.get("cut") == "yes")
        except Refused as refused:
            refusal = linked(refused)
        except SpecError as error:
            refusal = f"It cannot be removed: {'; '.join(map(said, error.faults))}."
        else:
            messages.success(request, _removed(row, application))
            return redirect(application)
    return render_page(
        request, "shell/confirm_page.html", _confirm(application, row, needing, refusal), fragment="dialog"
    )


def _editable(request: OperatorRequest, slug: str) -> Application:
    return fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)


def _form(request: OperatorRequest, application: Application, key: str, revision: int | None = None) -> HttpResponse:
    spec = application.desired_spec()
    asked: tuple[Proposal, ...] = ()
    data = request.POST if request.method == "POST" else None
    forms = ComponentForms(spec, key, revision=revision, data=data, more=request.POST.get("more", ""))
    if data is not None and not request.POST.get("more") and forms.is_valid():
        asked, row = _save(request, application, forms, key)
        if row is not None:
            messages.success(request, _saved(row, application))
            return redirect(row)
    return _form_page(request, application, forms, key, asked)


def _form_page(
    request: OperatorRequest, application: Application, forms: ComponentForms, key: str, asked: tuple[Proposal, ...]
) -> HttpResponse:
    context = {
        "forms": forms,
        "form": forms.form,
        "key": key,
        "proposals": asked,
        "busy": Busy.objects.filter(application=application).first(),
        "kept": _kept(forms),
        "many": forms.neighbours > MANY,
    }
    return application_page(
        request, application, "apps_app/component_form.html", context, current="components", fragment="fields"
    )


def _save(
    request: OperatorRequest, application: Application, forms: ComponentForms, key: str
) -> tuple[tuple[Proposal, ...], Component | None]:
    """The saved row, or what has to be asked first, or errors in the form."""
    spec = application.desired_spec()
    key = key or forms.key
    try:
        after = forms.component()
        found = proposals(spec, forms.original, after)
        if asked := unasked(found, request.POST):
            return asked, None
        row = save_component(
            application,
            Actor.of(request.user),
            key=key,
            component=after,
            revision=None if forms.new else forms.form.cleaned_data["revision"] or 0,
            needed_by=forms.form.cleaned_data["needed_by"],
            secret_env=accepted_secrets(found, request.POST, spec),
            declare=accepted_parameters(found, request.POST),
        )
    except SpecError as error:
        for fault in error.faults:
            forms.place(fault, key)
    except Refused as refused:
        say_refusal(forms.form, refused)
    else:
        return (), row
    return (), None


def _kept(forms: ComponentForms) -> list[str]:
    """Mounts that the form does not show, so that nobody thinks they are gone."""
    return [f"{path} ({mount.kind})" for path, mount in forms.original.mounts.items() if mount.kind != "volume"]


def _confirm(application: Application, row: Component, needing: tuple[str, ...], refusal: str) -> dict[str, object]:
    happens = [f"{name} no longer depends on {row.key}." for name in needing]
    if row.applied is None:
        happens.append(f"{row.key} never ran, so nothing on the target changes.")
    else:
        happens.append(f"{row.key} stays on {application.target} until you apply your changes; its volumes are kept.")
    return {
        "title": f"Remove {row.key} from {application.name}?",
        "text": "A version that was published with it keeps it.",
        "happens": happens,
        "warning": refusal or (f"{', '.join(needing)} needs it." if len(needing) == 1 else ""),
        "hidden": {"cut": "yes"} if needing else {},
        "submit": "Remove",
        "danger": True,
        "cancel_url": row.get_absolute_url(),
    }


def _saved(row: Component, application: Application) -> str:
    if application.target is None:
        return f"{row.key} is saved."
    return f"{row.key} is saved. Nothing on {application.target} changes until you apply it."


def _removed(row: Component, application: Application) -> str:
    if application.target is None or row.applied is None:
        return f"{row.key} is removed."
    return f"{row.key} will be removed from {application.target} when you apply your changes."
