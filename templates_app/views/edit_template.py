"""What the catalogue says of a template, changed; and a template's end."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.actions.delete_template import delete_template, role_to_delete
from templates_app.actions.edit_template import edit_template
from templates_app.forms.template import TemplateForm
from templates_app.models import AppTemplate, TemplateLogo
from templates_app.queries.usage import Usage, usage_of
from templates_app.views.lookup import fetch_template

A_YEAR = 365 * 24 * 3600
NAMED = 6


@require_GET
def logo(request: OperatorRequest, slug: str) -> HttpResponse:
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
            template = _saved(template, Actor.of(request.user), form)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "Saved.")
            return redirect(template)
    return render_page(request, "templates_app/template_form.html", {"template": template, "form": form})


@require_http_methods(["GET", "POST"])
def delete(request: OperatorRequest, slug: str) -> HttpResponse:
    """Asked first. While something is installed from it, it says what."""
    template = fetch_template(request, slug)
    fetch(request, AppTemplate.objects.select_related("team"), role=role_to_delete(template), slug=slug)
    usage = usage_of(template, request.user)
    refusal = None
    if request.method == "POST" and not usage.any:
        try:
            delete_template(template, Actor.of(request.user))
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"The template {template.name} is deleted.")
            return redirect("templates:list")
    context = {
        "title": f"Delete the template {template.name}?",
        "happens": [] if usage.any else _goes(template),
        "usage": usage if usage.any else None,
        "shown": usage.seen[:NAMED],
        "more": max(len(usage.seen) - NAMED, 0),
        "template": template,
        "warning": refusal.sentence if refusal else "",
        "warning_url": refusal.url if refusal else "",
        "warning_link": "See it",
        "submit": "Delete",
        "danger": True,
        "cancel_url": template.get_absolute_url(),
    }
    return render_page(request, _page_of(usage), context, fragment="dialog")


def _page_of(usage: Usage) -> str:
    return "templates_app/in_use.html" if usage.any else "shell/confirm_page.html"


def _goes(template: AppTemplate) -> list[str]:
    versions = list(template.versions.newest_first().values_list("version", flat=True))
    if not versions:
        return ["It has no versions: nothing else goes."]
    shown = ", ".join(versions[:NAMED]) + (f" and {len(versions) - NAMED} more" if len(versions) > NAMED else "")
    return [
        f"Its versions go with it, for ever: {shown}.",
        "Nothing is installed from it. Release records stay, with its name.",
        "The applications that it was published from stay as they are.",
    ]


def _saved(template: AppTemplate, by: Actor, form: TemplateForm) -> AppTemplate:
    cleaned = form.cleaned_data
    data = {name: cleaned[name] for name in ("name", "description", "tags", "scope")}
    return edit_template(template, by, **data, logo=cleaned["logo"] or (b"" if cleaned.get("drop_logo") else None))
