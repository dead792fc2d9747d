from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.publish import check_version_unused, parse_new_version
from apps_app.actions.publish import publish as publish_application
from apps_app.forms.publish import PublishForm, build_choices, list_unchecked
from apps_app.models import Application, ApplicationLock
from apps_app.publication.baseline import PublicationSource, describe_never_applied, find_base_version, find_unfinished
from apps_app.publication.choices import ParameterDecision
from apps_app.publication.preview import PublicationPreview, build_preview
from apps_app.views.application_page import render_application_page, show_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.appspec.versioning.versions import VersionError, describe_version, parse_version, suggest_versions
from templates_app.models import AppTemplate, TemplateVersion

NEW = "new"
FRAGMENTS = ("publish", "version", "comparison")


@dataclass(frozen=True)
class VersionReading:
    """What the server says about a version: `tone` is ok or bad."""

    text: str
    tone: str = "ok"


@require_http_methods(["GET", "POST"])
def publish(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.PUBLISHER, slug=slug)
    templates = _list_templates(request)
    template = _get_chosen_template(request, application, templates)
    if request.method == "POST" and "look" not in request.POST and "suggest" not in request.POST:
        form = PublishForm(request.POST, template=template)
        if form.is_valid() and (done := _publish(request, application, form)):
            return done
    else:
        form = _build_form(request, application, template)
    context = _build_context(application, template, form, request.POST)
    context["templates"] = templates
    asked_for = request.htmx.target or ""
    fragment = asked_for if asked_for in FRAGMENTS else "publish"
    return render_application_page(
        request, application, "apps_app/publish.html", context, current="publish", fragment=fragment
    )


@require_GET
def show_version_reading(request: OperatorRequest, slug: str) -> HttpResponse:
    """How a version is read, while it is typed."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.PUBLISHER, slug=slug)
    template = _get_chosen_template(request, application, _list_templates(request))
    version = request.GET.get("version", "")
    context = {"application": application, "version": version, "reading": read_version(version, template)}
    return render_page(request, "apps_app/publish_version.html", context, fragment="reading")


def read_version(version: str, template: AppTemplate | None) -> VersionReading:
    """The sentence how a version is read and against what, or the refusal with the nearest valid spelling."""
    try:
        parsed_version = parse_new_version(version)
        if template is not None:
            check_version_unused(template, parsed_version)
    except OperationRefused as refused:
        return VersionReading(refused.sentence, "bad")
    newest = find_base_version(template, parsed_version.sort_key)
    if newest is None and template is not None and template.versions.exists():
        return VersionReading(f"Read as {parsed_version.text}; no version of {template.name} has been released yet.")
    return VersionReading(f"Read as {describe_version(version, newest.version if newest else None)}.")


def _publish(request: OperatorRequest, application: Application, form: PublishForm) -> HttpResponse | None:
    base = _describe_base(form.template, form.cleaned_data["version"])
    choices = build_choices(request.POST, PublicationSource.from_application(application), base.spec if base else None)
    try:
        record = publish_application(
            application,
            Actor.from_user(request.user),
            template=form.chosen_template(),
            version=form.cleaned_data["version"],
            alias=form.cleaned_data["alias"],
            notes=form.cleaned_data["notes"],
            choices=choices,
        )
    except OperationRefused as refused:
        show_refusal(form, refused)
        return None
    return redirect(record)


def _build_form(request: OperatorRequest, application: Application, template: AppTemplate | None) -> PublishForm:
    """What was typed so far, not judged yet; a suggestion that was taken stands in the version."""
    typed = {name: request.POST[name] for name in PublishForm.base_fields if name in request.POST}
    if "suggest" in request.POST:
        typed["version"] = request.POST["suggest"]
    first = _list_suggestions(template)[0]
    return PublishForm(initial={"name": application.name, "version": first, **typed}, template=template)


def _build_context(
    application: Application, template: AppTemplate | None, form: PublishForm, data: QueryDict
) -> dict[str, Any]:
    version = str(form["version"].value() or "")
    base = _describe_base(template, version)
    source = PublicationSource.from_application(application)
    choices = build_choices(data, source, base.spec if base else None)
    preview: PublicationPreview = build_preview(source, base, choices, list_unchecked(data, source))
    return {
        "form": form,
        "template": template,
        "preview": preview,
        "choices": choices,
        "differences": preview.changes,
        "dependants": data.get("dependants", ""),
        "generated": {name for name, decision in choices.decisions.items() if decision is ParameterDecision.GENERATED},
        "reading": read_version(version, template),
        "suggestions": _list_suggestions(template),
        "never_ran": describe_never_applied(application),
        "unfinished": find_unfinished(application, template),
        "busy": ApplicationLock.objects.active().filter(application=application).first(),
    }


def _describe_base(template: AppTemplate | None, version: str) -> TemplateVersion | None:
    try:
        return find_base_version(template, parse_version(version).sort_key)
    except VersionError:
        return find_base_version(template)


def _list_suggestions(template: AppTemplate | None) -> tuple[str, ...]:
    newest = template.versions.newest_first().values_list("version", flat=True).first() if template else None
    return suggest_versions(newest)


def _list_templates(request: OperatorRequest) -> list[AppTemplate]:
    """Those that the user may publish versions of."""
    teams = Actor.from_user(request.user).teams(Role.PUBLISHER)
    return list(AppTemplate.objects.filter(team__in=teams).select_related("team"))


def _get_chosen_template(
    request: OperatorRequest, application: Application, templates: list[AppTemplate]
) -> AppTemplate | None:
    """The template that the URL names; else the one this application was last published to; None is a new one."""
    desired = request.GET.get("template", "")
    if desired == NEW:
        return None
    if desired:
        return get_object_or_404(
            AppTemplate.objects.filter(pk__in=[template.pk for template in templates]), slug=desired
        )
    return _get_last_template(application, templates)


def _get_last_template(application: Application, templates: list[AppTemplate]) -> AppTemplate | None:
    """By its last publication; one that was given up knows its template by the name alone."""
    last = application.release_records.select_related("version").defer("version__document").newest_first().first()
    if last is None:
        return None
    if last.version is not None:
        return next((template for template in templates if template.pk == last.version.template_id), None)
    named = [template for template in templates if template.name == last.template_label]
    return named[0] if len(named) == 1 else None
