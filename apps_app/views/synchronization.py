"""The application synchronization page: a publication on its way from draft to released."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.finish_publication import cancel_publication, confirm_release, retry_sync
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.progress import Progress
from apps_app.views.application_page import side, tell_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page, wants_fragment

PAGE = "apps_app/sync.html"


@require_GET
def sync(request: OperatorRequest, pk: int) -> HttpResponse:
    return render_page(request, PAGE, _context(request, _record(request, pk)))


@require_GET
def progress(request: OperatorRequest, pk: int) -> HttpResponse:
    """The part that lives, when something is new since `after`; the whole page for a plain GET."""
    record = _record(request, pk)
    context = _context(request, record)
    observed = request.GET.get("after", "")
    if wants_fragment(request) and observed == context["progress"].mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    context["announcement"] = context["progress"].announcement(observed)
    return render_page(request, PAGE, context, fragment="live")


@require_http_methods(["GET", "POST"])
def retry(request: OperatorRequest, pk: int) -> HttpResponse:
    record = _record(request, pk, Role.PUBLISHER)
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method == "POST":
        try:
            retry_sync(record, Actor.of(request.user), keys=[key] if key else None)
        except Refused as refused:
            tell_refusal(request, refused)
        return redirect(record)
    return _ask(
        request, record,
        title=f"Try {key} again?" if key else "Try what failed again?",
        text="The components are taken as their source has them now.",
        hidden={"key": key} if key else {},
        submit="Try again",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def confirm(request: OperatorRequest, pk: int) -> HttpResponse:
    record = _record(request, pk, Role.PUBLISHER)
    if request.method == "POST":
        try:
            version = confirm_release(record, Actor.of(request.user))
        except Refused as refused:
            tell_refusal(request, refused)
            return redirect(record)
        messages.success(request, f"{version} is released.")
        return redirect(_list(record, version.get_absolute_url()))
    return _ask(
        request, record,
        title=f"Release {record.template_label} {record.version_label}?",
        happens=[
            "The version can be installed, and is offered to every installation that is older.",
            "Its document cannot be changed any more, by anybody.",
        ],
        submit="Release",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def cancel(request: OperatorRequest, pk: int) -> HttpResponse:
    record = _record(request, pk, Role.PUBLISHER)
    if request.method == "POST":
        try:
            cancel_publication(record, Actor.of(request.user))
        except Refused as refused:
            tell_refusal(request, refused)
            return redirect(record)
        messages.info(request, f"{record} was given up; the number {record.version_label} is free again.")
        return redirect(_list(record, record.get_absolute_url()))
    return _ask(
        request, record,
        title=f"Give up {record.template_label} {record.version_label}?",
        happens=[
            f"The draft is deleted, and {record.version_label} is free again.",
            "The release record stays, as cancelled.",
        ],
        submit="Give up",
        danger=True,
        cancel="Keep it",
    )  # fmt: skip


def _record(request: OperatorRequest, pk: int, role: Role = Role.VIEWER) -> ReleaseRecord:
    rows = ReleaseRecord.objects.select_related("team", "version__template__team")
    record = fetch(request, rows, role=role, pk=pk)
    if record.application_id is not None:
        record.application = Application.objects.with_installation().get(pk=record.application_id)
    return record


def _context(request: OperatorRequest, record: ReleaseRecord) -> dict[str, Any]:
    application = record.application
    return {
        "record": record,
        "version": record.version,
        "application": application,
        "side": side(request, application, "releases") if application is not None else None,
        "progress": Progress.of(record),
        "may_publish": Actor.of(request.user).may(record.team, Role.PUBLISHER),
    }


def _ask(request: OperatorRequest, record: ReleaseRecord, **context: Any) -> HttpResponse:
    context["cancel_url"] = record.get_absolute_url()
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _list(record: ReleaseRecord, otherwise: str) -> str:
    """The release records with this one marked, where the application is still there."""
    if record.application is None:
        return otherwise
    return f"{reverse('apps:releases', args=[record.application.slug])}?new={record.pk}"
