"""An application's name, target and values."""

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
from apps_app.forms.value_groups import MANY, value_groups
from apps_app.forms.values import ValuesForm
from apps_app.models import Application
from apps_app.queries.pending_changes import reads
from apps_app.queries.value_impact import Effect, effect_sentences, effects
from apps_app.views.application_page import application_page, say_refusal, with_review
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.appspec.interpolation.render import stand_ins
from templates_app.appspec.presentation.text import counted, listed
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec


@require_http_methods(["GET", "POST"])
def settings(request: OperatorRequest, slug: str) -> HttpResponse:
    role = Role.OPERATOR if request.method == "POST" else Role.VIEWER
    application = fetch(request, Application.objects.with_installation(), role=role, slug=slug)
    form = _settings_form(application, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_settings(application, Actor.of(request.user), **form.cleaned_data)
        except Refused as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("apps:settings", slug)
    return _page(request, application, form, _values_form(application, application.legible_spec(), None))


@require_http_methods(["GET", "POST"])
def values(request: OperatorRequest, slug: str) -> HttpResponse:
    role = Role.OPERATOR if request.method == "POST" else Role.VIEWER
    application = fetch(request, Application.objects.with_installation(), role=role, slug=slug)
    posted = request.POST if request.method == "POST" else None
    form = _values_form(application, application.legible_spec(), posted)
    foreseen: tuple[Effect, ...] | None = None
    if posted is not None and form.is_valid():
        foreseen = _effects(application, form)
        if "preview" not in posted and not _asks(form) and _save(request, application, form, foreseen):
            return redirect("apps:settings", slug)
    return _page(request, application, _settings_form(application, None), form, foreseen)


def _page(
    request: OperatorRequest,
    application: Application,
    form: SettingsForm,
    values: ValuesForm,
    foreseen: tuple[Effect, ...] | None = None,
) -> HttpResponse:
    spec = application.legible_spec()
    uses = {name: listed(keys) for name, keys in _uses(spec).items()}
    rows = values.rows()
    q = "" if values.is_bound else request.GET.get("q", "").strip()
    context = {
        "form": form,
        "applied": application.was_ever_applied(),
        "may_forget": Actor.of(request.user).may(application.team, Role.OWNER),
        "values": values,
        "around": _around(spec),
        "foreseen": foreseen,
        "happens": effect_sentences(foreseen or (), runs=_runs(application)),
        "typed_secrets": values.is_bound and bool(_typed_secrets(values)),
        "rows": [(row, uses.get(row.name, "")) for row in rows],
        "groups": value_groups(rows, uses, q),
        "q": q,
        "searchable": len(rows) > MANY and not values.is_bound,
        "fixed": [
            (name, parameter, uses.get(name, ""))
            for name, parameter in sorted(spec.parameters.items())
            if parameter.fixed
        ],
    }
    return application_page(
        request, application, "apps_app/settings.html", context, current="settings", fragment="effects"
    )


def _settings_form(application: Application, posted: QueryDict | None) -> SettingsForm:
    return SettingsForm(posted, application=application, target_is_fixed=application.was_ever_applied())


def _values_form(application: Application, spec: AppSpec, posted: QueryDict | None) -> ValuesForm:
    held = {row.name: row.desired for row in application.values.all() if row.desired is not None}
    return ValuesForm(posted, parameters=spec.parameters, values=held, stand_ins=stand_ins(spec))


def _effects(application: Application, form: ValuesForm) -> tuple[Effect, ...]:
    values = {**form.changed(), **dict.fromkeys(form.anew(), "")}
    return effects(application, application.legible_spec(), values=values, back=form.given_back())


def _asks(form: ValuesForm) -> bool:
    """Whether others set meanwhile what this form sets too, and it is not said yet which one holds."""
    return form.meanwhile is not None and form.meanwhile.open


def _runs(application: Application) -> bool:
    return application.target is None or application.target.runs


def _typed_secrets(form: ValuesForm) -> list[str]:
    """The fields that are empty again when the page is shown again."""
    return [
        f"value-{name}"
        for name, parameter in form.parameters.items()
        if parameter.secret and form.data.get(f"value-{name}")
    ]


def _save(request: OperatorRequest, application: Application, form: ValuesForm, foreseen: tuple[Effect, ...]) -> bool:
    """Stores the values, or says in the form why not."""
    try:
        changed = set_values(
            application,
            Actor.of(request.user),
            values=form.changed(),
            back_to_default=form.given_back(),
            anew=form.anew(),
        )
    except SpecError as error:
        for fault in error.faults:
            form.place(fault)
        return False
    except Refused as refused:
        say_refusal(form, refused)
        return False
    messages.success(request, _said(application, changed, foreseen))
    if form.meanwhile is not None and (remaining := form.meanwhile.sentence()):
        messages.info(request, remaining)
    return True


def _said(application: Application, changed: tuple[str, ...], foreseen: tuple[Effect, ...]) -> str:
    if not changed:
        return "Nothing changed."
    saved = f"{', '.join(changed)} saved."
    if application.target is None:
        return saved
    happens = "; ".join(effect_sentences(foreseen, runs=_runs(application))) or f"{application.target} changes"
    return with_review(application, f"{saved} When you apply it, {happens}.")


def _uses(spec: AppSpec) -> Mapping[str, list[str]]:
    """Which components read a parameter."""
    result: dict[str, list[str]] = defaultdict(list)
    for key, component in spec.components.items():
        for name in reads(component):
            result[name].append(key)
    return result


def _around(spec: AppSpec) -> str:
    return f"{counted(len(spec.volumes), 'volume')}, {counted(len(spec.networks), 'network')}"
