"""Publishing: which template, which version, which components, and what would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.publish import publish as publish_application
from apps_app.actions.publish import read_or_refuse, refuse_taken
from apps_app.forms.publish import PublishForm, choices_of, unticked_of
from apps_app.models import Application, Busy
from apps_app.publication.baseline import Source, base_version, never_ran, unfinished
from apps_app.publication.choices import Decision
from apps_app.publication.preview import Preview, preview
from apps_app.views.application_page import application_page, say_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.appspec.versioning.versions import VersionError, read, sentence, suggestions
from templates_app.models import AppTemplate, TemplateVersion

NEW = "new"
FRAGMENTS = ("publish", "version", "comparison")


@dataclass(frozen=True)
class Reading:
    """What the server says about a version: `tone` is ok or bad."""

    text: str
    tone: str = "ok"


@require_http_methods(["GET", "POST"])
def publish(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), role=Role.PUBLISHER, slug=slug)
    templates = _templates(request)
    template = _chosen(request, application, templates)
    if request.method == "POST" and "look" not in request.POST and "suggest" not in request.POST:
        form = PublishForm(request.POST, template=template)
        if form.is_valid() and (done := _publish(request, application, form)):
            return done
    else:
        form = _unbound(request, application, template)
    context = _context(application, template, form, request.POST)
    context["templates"] = templates
    asked_for = request.htmx.target or ""
    fragment = asked_for if asked_for in FRAGMENTS else "publish"
    return application_page(
        request, application, "apps_app/publish.html", context, current="publish", fragment=fragment
    )


@require_GET
def version_reading(request: OperatorRequest, slug: str) -> HttpResponse:
    """How a version is read, while it is typed."""
    application = fetch(request, Application.objects.with_installation(), role=Role.PUBLISHER, slug=slug)
    template = _chosen(request, application, _templates(request))
    version = request.GET.get("version", "")
    context = {"application": application, "version": version, "reading": reading(version, template)}
    return render_page(request, "apps_app/publish_version.html", context, fragment="reading")


def reading(version: str, template: AppTemplate | None) -> Reading:
    """The sentence how a version is read and against what, or the refusal with the nearest valid spelling."""
    try:
        parsed_version = read_or_refuse(version)
        if template is not None:
            refuse_taken(template, parsed_version)
    except Refused as refused:
        return Reading(refused.sentence, "bad")
    newest = base_version(template, parsed_version.sort_key)
    if newest is None and template is not None and template.versions.exists():
        return Reading(f"Read as {parsed_version.text}; no version of {template.name} is released yet.")
    return Reading(f"Read as {sentence(version, newest.version if newest else None)}.")


def _publish(request: OperatorRequest, application: Application, form: PublishForm) -> HttpResponse | None:
    base = _base(form.template, form.cleaned_data["version"])
    choices = choices_of(request.POST, Source.of(application), base.spec if base else None)
    try:
        record = publish_application(
            application,
            Actor.of(request.user),
            template=form.chosen_template(),
            version=form.cleaned_data["version"],
            alias=form.cleaned_data["alias"],
            notes=form.cleaned_data["notes"],
            choices=choices,
        )
    except Refused as refused:
        say_refusal(form, refused)
        return None
    return redirect(record)


def _unbound(request: OperatorRequest, application: Application, template: AppTemplate | None) -> PublishForm:
    """What was typed so far, not judged yet; a suggestion that was taken stands in the version."""
    typed = {name: request.POST[name] for name in PublishForm.base_fields if name in request.POST}
    if "suggest" in request.POST:
        typed["version"] = request.POST["suggest"]
    first = _suggestions(template)[0]
    return PublishForm(initial={"name": application.name, "version": first, **typed}, template=template)


def _context(
    application: Application, template: AppTemplate | None, form: PublishForm, data: QueryDict
) -> dict[str, Any]:
    version = str(form["version"].value() or "")
    base = _base(template, version)
    source = Source.of(application)
    choices = choices_of(data, source, base.spec if base else None)
    shown: Preview = preview(source, base, choices, unticked_of(data, source))
    return {
        "form": form,
        "template": template,
        "preview": shown,
        "choices": choices,
        "differences": shown.changes,
        "dependants": data.get("dependants", ""),
        "generated": {name for name, decision in choices.decisions.items() if decision is Decision.GENERATED},
        "reading": reading(version, template),
        "suggestions": _suggestions(template),
        "never_ran": never_ran(application),
        "unfinished": unfinished(application, template),
        "busy": Busy.objects.at_work().filter(application=application).first(),
    }


def _base(template: AppTemplate | None, version: str) -> TemplateVersion | None:
    try:
        return base_version(template, read(version).sort_key)
    except VersionError:
        return base_version(template)


def _suggestions(template: AppTemplate | None) -> tuple[str, ...]:
    newest = template.versions.newest_first().values_list("version", flat=True).first() if template else None
    return suggestions(newest)


def _templates(request: OperatorRequest) -> list[AppTemplate]:
    """Those that the user may publish versions of."""
    teams = Actor.of(request.user).teams(Role.PUBLISHER)
    return list(AppTemplate.objects.filter(team__in=teams).select_related("team"))


def _chosen(request: OperatorRequest, application: Application, templates: list[AppTemplate]) -> AppTemplate | None:
    """The template that the URL names; else the one this application was last published to; None is a new one."""
    desired = request.GET.get("template", "")
    if desired == NEW:
        return None
    if desired:
        return get_object_or_404(
            AppTemplate.objects.filter(pk__in=[template.pk for template in templates]), slug=desired
        )
    return _last_published_to(application, templates)


def _last_published_to(application: Application, templates: list[AppTemplate]) -> AppTemplate | None:
    """By its last publication; one that was given up knows its template by the name alone."""
    last = application.release_records.select_related("version").defer("version__document").newest_first().first()
    if last is None:
        return None
    if last.version is not None:
        return next((template for template in templates if template.pk == last.version.template_id), None)
    named = [template for template in templates if template.name == last.template_label]
    return named[0] if len(named) == 1 else None
