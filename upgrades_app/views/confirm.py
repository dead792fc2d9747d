"""The yes to a plan, and the no: pages that are also dialogs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page, wants_fragment
from upgrades_app.actions.confirm import Moved
from upgrades_app.actions.confirm import confirm as confirm_record
from upgrades_app.actions.discard import discard as discard_record
from upgrades_app.actions.discard import takes_along
from upgrades_app.forms.confirm import ConfirmForm
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.presenters.confirm_view import told
from upgrades_app.presenters.labels import VERBS, moved_lines, plan_again_url, question
from upgrades_app.presenters.preflight_panel import panel_of_record
from upgrades_app.queries.version_notes import notes_between
from upgrades_app.templatetags.upgrades import where

RECORDS = UpgradeRecord.objects.select_related("application__target", "team", "to_version__template", "from_version")
NOTED = frozenset({"install", "upgrade"})
"""What brings a version one may not know yet."""


@require_http_methods(["GET", "POST"])
def confirm(request: OperatorRequest, pk: int) -> HttpResponse:
    """GET says what will happen; POST starts it, with the digest that was shown and no other."""
    record = fetch(request, RECORDS, role=Role.OPERATOR, pk=pk)
    if record.status != Status.PLANNED or not record.is_readable:
        return redirect(record)
    if request.method == "GET":
        return dialog_of(request, record)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return dialog_of(request, record, form)
    digest = request.POST.get("digest", "")
    try:
        confirm_record(record, Actor.of(request.user), digest=digest, queued=True, **form.cleaned_data)
    except Moved as moved:
        return _moved(request, record, moved)
    except Refused as refused:
        return dialog_of(request, record, form, refused)
    return redirect(record)


@require_http_methods(["GET", "POST"])
def discard(request: OperatorRequest, pk: int) -> HttpResponse:
    record = fetch(request, RECORDS, role=Role.OPERATOR, pk=pk)
    refusal, alone = "", takes_along(record)
    if request.method == "POST":
        try:
            discard_record(record, Actor.of(request.user))
        except Refused as refused:
            refusal = refused.sentence
        else:
            also_removed = f", and {record.application_label} with it" if alone else ""
            messages.success(request, f"The plan “{record.title}” is discarded{also_removed}.")
            return redirect(_after_discard(record, alone=alone))
    context = {
        "title": f"Discard the plan “{record.title}”?",
        "text": _discarding(record, alone=alone),
        "warning": refusal,
        "submit": "Discard",
        "danger": True,
        "cancel_url": record.get_absolute_url(),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _discarding(record: UpgradeRecord, *, alone: bool) -> str:
    name = record.application_label
    if alone:
        return f"{name} was made for this install and holds nothing yet, so it goes too."
    return f"Nothing of {name} was changed by it. It can be planned again at any time."


def _after_discard(record: UpgradeRecord, *, alone: bool) -> str:
    if record.application is not None and not alone:
        return record.application.get_absolute_url()
    return record.to_version.template.get_absolute_url() if record.to_version else reverse("upgrades:list")


def dialog_of(
    request: OperatorRequest, record: UpgradeRecord, form: ConfirmForm | None = None, refused: Refused | None = None
) -> HttpResponse:
    """The confirm of a planned record, as a page or as the dialog's content."""
    plan = record.stored_plan
    target = record.application.target if record.application else None
    context = {
        "title": question(record),
        "text": f"On {where(target)}. Plan {record.digest[:19]}, made by {record.created_by_label}." if target else "",
        "about": "upgrades_app/_about_plan.html",
        "told": told(plan),
        "panel": panel_of_record(record, back=plan_again_url(record)) if record.application else None,
        "version_notes": notes_between(record.from_version, record.to_version) if record.kind in NOTED else (),
        "record": record,
        "warning": refused.sentence if refused else "",
        "warning_url": refused.url if refused else "",
        "warning_link": "See it",
        "form": form or ConfirmForm(),
        "hidden": {"digest": record.digest},
        "submit": VERBS[record.kind].button,
        "danger": record.kind == "uninstall",
        "action": reverse("upgrades:confirm", args=[record.pk]),
        "cancel_url": plan_again_url(record),
        "cancel": "Cancel" if wants_fragment(request) else "Back",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _moved(request: OperatorRequest, record: UpgradeRecord, moved: Moved) -> HttpResponse:
    context = {
        "record": record,
        "sentence": moved.sentence,
        "lines": moved_lines(record.stored_plan, moved.now.plan),
        "again": plan_again_url(record),
    }
    return render_page(request, "upgrades_app/moved.html", context)
