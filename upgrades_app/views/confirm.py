"""Confirm or discard a planned record, as a page or a dialog."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page, wants_fragment
from upgrades_app.actions.confirm import StalePlan
from upgrades_app.actions.confirm import confirm_plan as confirm_record
from upgrades_app.actions.discard import deletes_application
from upgrades_app.actions.discard import discard_plan as discard_record
from upgrades_app.forms.confirm import ConfirmForm
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.confirm_view import build_confirm_summary
from upgrades_app.presenters.labels import VERBS, build_confirm_question, get_plan_again_url, list_fingerprint_changes
from upgrades_app.presenters.preflight_panel import build_record_panel
from upgrades_app.queries.version_notes import list_notes_between
from upgrades_app.templatetags.upgrades import format_target

RECORDS = UpgradeRecord.objects.select_related("application__target", "team", "to_version__template", "from_version")
KINDS_WITH_NOTES = frozenset({"install", "upgrade"})
"""Kinds whose confirmation shows release notes."""


@require_http_methods(["GET", "POST"])
def confirm(request: OperatorRequest, pk: int) -> HttpResponse:
    """GET shows the confirmation; POST starts the operation if the posted digest is current."""
    record = get_visible_object(request, RECORDS, role=Role.OPERATOR, pk=pk)
    if record.status != Status.PLANNED or not record.is_readable:
        return redirect(record)
    if request.method == "GET":
        return render_dialog(request, record)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return render_dialog(request, record, form)
    digest = request.POST.get("digest", "")
    try:
        confirm_record(record, Actor.from_user(request.user), digest=digest, queued=True, **form.cleaned_data)
    except StalePlan as stale:
        return _render_stale_plan(request, record, stale)
    except OperationRefused as refused:
        return render_dialog(request, record, form, refused)
    return redirect(record)


@require_http_methods(["GET", "POST"])
def discard(request: OperatorRequest, pk: int) -> HttpResponse:
    record = get_visible_object(request, RECORDS, role=Role.OPERATOR, pk=pk)
    refusal, deletes_app = "", deletes_application(record)
    if request.method == "POST":
        try:
            discard_record(record, Actor.from_user(request.user))
        except OperationRefused as refused:
            refusal = refused.sentence
        else:
            suffix = f" {record.application_label} was deleted." if deletes_app else ""
            messages.success(request, f"Plan “{record.title}” discarded.{suffix}")
            return redirect(_get_next_url(record, deletes_app=deletes_app))
    context = {
        "title": f"Discard plan “{record.title}”?",
        "text": _describe_discard(record, deletes_app=deletes_app),
        "warning": refusal,
        "submit": "Discard",
        "danger": True,
        "cancel_url": record.get_absolute_url(),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _describe_discard(record: UpgradeRecord, *, deletes_app: bool) -> str:
    name = record.application_label
    if deletes_app:
        return f"{name} was created only for this install and will be deleted."
    return f"{name} was not changed. You can plan the operation again."


def _get_next_url(record: UpgradeRecord, *, deletes_app: bool) -> str:
    if record.application is not None and not deletes_app:
        return record.application.get_absolute_url()
    return record.to_version.template.get_absolute_url() if record.to_version else reverse("upgrades:list")


def render_dialog(
    request: OperatorRequest,
    record: UpgradeRecord,
    form: ConfirmForm | None = None,
    refused: OperationRefused | None = None,
) -> HttpResponse:
    """Render the confirmation of a planned record, as a page or as dialog content."""
    plan = record.stored_plan
    has_notes = record.kind in KINDS_WITH_NOTES
    notes = list_notes_between(record.from_version, record.to_version) if has_notes else ()
    target = record.application.target if record.application else None
    context = {
        "title": build_confirm_question(record),
        "text": f"Target {format_target(target)}. Plan {record.digest[:19]} by {record.created_by_label}."
        if target
        else "",
        "about": "upgrades_app/plan/_confirm_summary.html",
        "summary": build_confirm_summary(plan),
        "panel": build_record_panel(record, back=get_plan_again_url(record)) if record.application else None,
        "version_notes": notes,
        "record": record,
        "warning": refused.sentence if refused else "",
        "warning_url": refused.url if refused else "",
        "warning_link": "View",
        "form": form or ConfirmForm(),
        "hidden": {"digest": record.digest},
        "submit": VERBS[record.kind].button,
        "danger": record.kind == "uninstall",
        "action": reverse("upgrades:confirm", args=[record.pk]),
        "cancel_url": get_plan_again_url(record),
        "cancel": "Cancel" if wants_fragment(request) else "Back",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _render_stale_plan(request: OperatorRequest, record: UpgradeRecord, stale: StalePlan) -> HttpResponse:
    context = {
        "record": record,
        "sentence": stale.sentence,
        "lines": list_fingerprint_changes(record.stored_plan, stale.current.plan),
        "again": get_plan_again_url(record),
    }
    return render_page(request, "upgrades_app/stale_plan.html", context)
