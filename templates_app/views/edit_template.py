from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.actions.delete_template import delete_template, required_role_to_delete
from templates_app.actions.edit_template import edit_template
from templates_app.forms.template import TemplateForm
from templates_app.models import AppTemplate, TemplateLogo
from templates_app.queries.usage import TemplateUsage, count_usage
from templates_app.views.lookup import fetch_template

A_YEAR = 365 * 24 * 3600
NAMED = 6


@require_GET
def show_logo(request: OperatorRequest, slug: str) -> HttpResponse:
    """The picture; its address changes with it, so that a browser may keep it."""
    template = fetch_template(request, slug)
    logo = TemplateLogo.objects.filter(template=template).first()
    if logo is None:
        raise Http404("This template has no logo.")
    answer = HttpResponse(bytes(logo.image), content_type="image/png")
    patch_cache_control(answer, private=True, max_age=A_YEAR, immutable=True)
    return answer


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, slug: str) -> HttpResponse:
    template = fetch_template(request, slug, Role.PUBLISHER)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TemplateForm(*sent, template=template)
    if request.method == "POST" and form.is_valid():
        try:
            template = _save(template, Actor.from_user(request.user), form)
        except OperationRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "Saved.")
            return redirect(template)
    return render_page(request, "templates_app/template_form.html", {"template": template, "form": form})


@require_http_methods(["GET", "POST"])
def delete(request: OperatorRequest, slug: str) -> HttpResponse:
    """Asked first. While something is installed from it, it says what."""
    template = fetch_template(request, slug)
    get_visible_object(
        request, AppTemplate.objects.select_related("team"), role=required_role_to_delete(template), slug=slug
    )
    usage = count_usage(template, request.user)
    refusal = None
    if request.method == "POST" and not usage.is_used:
        try:
            delete_template(template, Actor.from_user(request.user))
        except OperationRefused as refused:
            refusal = refused
        else:
            messages.success(request, f"The template {template.name} is deleted.")
            return redirect("templates:list")
    context = {
        "title": f"Delete the template {template.name}?",
        "happens": [] if usage.is_used else _describe_deletion(template),
        "usage": usage if usage.is_used else None,
        "shown": usage.visible[:NAMED],
        "more": max(len(usage.visible) - NAMED, 0),
        "template": template,
        "warning": refusal.sentence if refusal else "",
        "warning_url": refusal.url if refusal else "",
        "warning_link": "View operation",
        "submit": "Delete",
        "danger": True,
        "cancel_url": template.get_absolute_url(),
    }
    return render_page(request, _render_page(usage), context, fragment="dialog")


def _render_page(usage: TemplateUsage) -> str:
    return "templates_app/in_use.html" if usage.is_used else "shell/confirm_page.html"


def _describe_deletion(template: AppTemplate) -> list[str]:
    versions = list(template.versions.newest_first().values_list("version", flat=True))
    if not versions:
        return ["It has no versions."]
    shown = ", ".join(versions[:NAMED]) + (f" and {len(versions) - NAMED} more" if len(versions) > NAMED else "")
    return [
        f"Its versions are deleted permanently: {shown}.",
        "It has no installations. Release records are kept.",
        "Source applications are not affected.",
    ]


def _save(template: AppTemplate, by: Actor, form: TemplateForm) -> AppTemplate:
    cleaned = form.cleaned_data
    data = {name: cleaned[name] for name in ("name", "description", "tags", "scope")}
    return edit_template(template, by, **data, logo=cleaned["logo"] or (b"" if cleaned.get("drop_logo") else None))
