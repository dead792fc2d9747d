"""What a version is called and says, changed; and a draft's end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.actions.delete_draft import delete_draft
from templates_app.actions.edit_version import edit_version
from templates_app.forms.template import NotesForm
from templates_app.views.lookup import fetch_template, fetch_version

STAYS = (
    "A released version stays: what is installed at it needs it. Withdraw it, and it can neither be installed nor "
    "upgraded to."
)


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, slug: str, version: str) -> HttpResponse:
    """Alias and notes, at any time."""
    template = fetch_template(request, slug, Role.PUBLISHER)
    item = fetch_version(request, template, version)
    form = NotesForm(request.POST if request.method == "POST" else None, version=item)
    if request.method == "POST" and form.is_valid():
        try:
            edit_version(item, Actor.of(request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "Saved.")
            return redirect(item)
    context = {"template": template, "version": item, "form": form}
    return render_page(request, "templates_app/version_form.html", context)


@require_http_methods(["GET", "POST"])
def delete(request: OperatorRequest, slug: str, version: str) -> HttpResponse:
    """A draft goes; of a released version it says why it stays."""
    template = fetch_template(request, slug, Role.PUBLISHER)
    item = fetch_version(request, template, version)
    refusal = "" if item.is_draft else STAYS
    if request.method == "POST" and not refusal:
        try:
            delete_draft(item, Actor.of(request.user))
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"The draft {item} is deleted; the number {item.version} is free again.")
            return redirect(template)
    context = {
        "title": f"Delete the draft {item}?" if item.is_draft else f"{item} cannot be deleted",
        "happens": ["Its publication ends, and its release record stays, as deleted."] if item.is_draft else [],
        "warning": refusal,
        "submit": "Delete" if item.is_draft else "",
        "danger": True,
        "cancel_url": item.get_absolute_url(),
        "cancel": "Cancel" if item.is_draft else "Back",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
