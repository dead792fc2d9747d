from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.save_settings import save_settings
from apps_app.actions.set_values import set_values
from apps_app.forms.application import SettingsForm
from apps_app.forms.value_groups import MANY, group_values
from apps_app.forms.values import ValuesForm
from apps_app.models import Application
from apps_app.queries.pending_changes import list_referenced_parameters
from apps_app.queries.value_impact import ValueImpact, describe_value_impact, find_value_impact
from apps_app.views.application_page import add_review, render_application_page, show_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest
from templates_app.appspec.interpolation.render import find_fallback_values
from templates_app.appspec.presentation.text import join_names, pluralize
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@require_http_methods(["GET", "POST"])
def settings(request: OperatorRequest, slug: str) -> HttpResponse:
    role = Role.OPERATOR if request.method == "POST" else Role.VIEWER
    application = get_visible_object(request, Application.objects.with_installation(), role=role, slug=slug)
    form = _settings_form(application, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_settings(application, Actor.from_user(request.user), **form.cleaned_data)
        except OperationRefused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("apps:settings", slug)
    return _render_page(
        request, application, form, _values_form(application, application.parse_desired_leniently(), None)
    )


@require_http_methods(["GET", "POST"])
def values(request: OperatorRequest, slug: str) -> HttpResponse:
    role = Role.OPERATOR if request.method == "POST" else Role.VIEWER
    application = get_visible_object(request, Application.objects.with_installation(), role=role, slug=slug)
    posted = request.POST if request.method == "POST" else None
    form = _values_form(application, application.parse_desired_leniently(), posted)
    foreseen: tuple[ValueImpact, ...] | None = None
    if posted is not None and form.is_valid():
        foreseen = _list_effects(application, form)
        if "preview" not in posted and not _needs_confirmation(form) and _save(request, application, form, foreseen):
            return redirect("apps:settings", slug)
    return _render_page(request, application, _settings_form(application, None), form, foreseen)


def _render_page(
    request: OperatorRequest,
    application: Application,
    form: SettingsForm,
    values: ValuesForm,
    foreseen: tuple[ValueImpact, ...] | None = None,
) -> HttpResponse:
    spec = application.parse_desired_leniently()
    uses = {name: join_names(keys) for name, keys in _list_uses(spec).items()}
    rows = values.rows()
    q = "" if values.is_bound else request.GET.get("q", "").strip()
    context = {
        "form": form,
        "applied": application.was_ever_applied(),
        "may_forget": Actor.from_user(request.user).has_role(application.team, Role.OWNER),
        "values": values,
        "around": _list_definitions(spec),
        "foreseen": foreseen,
        "happens": describe_value_impact(foreseen or (), runs=_is_running(application)),
        "typed_secrets": values.is_bound and bool(_list_typed_secrets(values)),
        "rows": [(row, uses.get(row.name, "")) for row in rows],
        "groups": group_values(rows, uses, q),
        "q": q,
        "searchable": len(rows) > MANY and not values.is_bound,
        "fixed": [
            (name, parameter, uses.get(name, ""))
            for name, parameter in sorted(spec.parameters.items())
            if parameter.fixed
        ],
    }
    return render_application_page(
        request, application, "apps_app/settings.html", context, current="settings", fragment="effects"
    )


def _settings_form(application: Application, posted: QueryDict | None) -> SettingsForm:
    return SettingsForm(posted, application=application, target_is_fixed=application.was_ever_applied())


def _values_form(application: Application, spec: AppSpec, posted: QueryDict | None) -> ValuesForm:
    held = {row.name: row.desired for row in application.values.all() if row.desired is not None}
    return ValuesForm(posted, parameters=spec.parameters, values=held, stand_ins=find_fallback_values(spec))


def _list_effects(application: Application, form: ValuesForm) -> tuple[ValueImpact, ...]:
    values = {**form.changed(), **dict.fromkeys(form.generated_names(), "")}
    return find_value_impact(application, application.parse_desired_leniently(), values=values, back=form.unset_names())


def _needs_confirmation(form: ValuesForm) -> bool:
    """Whether others set meanwhile what this form sets too, and it is not said yet which one holds."""
    return form.meanwhile is not None and form.meanwhile.open


def _is_running(application: Application) -> bool:
    return application.target is None or application.target.starts_containers


def _list_typed_secrets(form: ValuesForm) -> list[str]:
    """The fields that are empty again when the page is shown again."""
    return [
        f"value-{name}"
        for name, parameter in form.parameters.items()
        if parameter.secret and form.data.get(f"value-{name}")
    ]


def _save(
    request: OperatorRequest, application: Application, form: ValuesForm, foreseen: tuple[ValueImpact, ...]
) -> bool:
    """Stores the values, or says in the form why not."""
    try:
        changed = set_values(
            application,
            Actor.from_user(request.user),
            values=form.changed(),
            back_to_default=form.unset_names(),
            regenerated=form.generated_names(),
        )
    except SpecError as error:
        for fault in error.faults:
            form.find_field(fault)
        return False
    except OperationRefused as refused:
        show_refusal(form, refused)
        return False
    messages.success(request, _describe_save(application, changed, foreseen))
    if form.meanwhile is not None and (remaining := form.meanwhile.sentence()):
        messages.info(request, remaining)
    return True


def _describe_save(application: Application, changed: tuple[str, ...], foreseen: tuple[ValueImpact, ...]) -> str:
    if not changed:
        return "Nothing changed."
    saved = f"{', '.join(changed)} saved."
    if application.target is None:
        return saved
    happens = (
        "; ".join(describe_value_impact(foreseen, runs=_is_running(application))) or f"{application.target} changes"
    )
    return add_review(application, f"{saved} When you apply it, {happens}.")


def _list_uses(spec: AppSpec) -> Mapping[str, list[str]]:
    """Which components read a parameter."""
    result: dict[str, list[str]] = defaultdict(list)
    for key, component in spec.components.items():
        for name in list_referenced_parameters(component):
            result[name].append(key)
    return result


def _list_definitions(spec: AppSpec) -> str:
    return f"{pluralize(len(spec.volumes), 'volume')}, {pluralize(len(spec.networks), 'network')}"
