from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.finish_publication import cancel_publication, confirm_release, retry_sync
from apps_app.models import Application, ReleaseRecord
from apps_app.publication.progress import PublicationProgress
from apps_app.views.application_page import build_refusal_message, build_side_navigation
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page, wants_fragment

PAGE = "apps_app/sync.html"


@require_GET
def show_synchronization(request: OperatorRequest, pk: int) -> HttpResponse:
    return render_page(request, PAGE, _build_context(request, _get_record(request, pk)))


@require_GET
def show_progress(request: OperatorRequest, pk: int) -> HttpResponse:
    """The part that lives, when something is new since `after`; the whole page for a plain GET."""
    record = _get_record(request, pk)
    context = _build_context(request, record)
    observed = request.GET.get("after", "")
    if wants_fragment(request) and observed == context["progress"].mark:
        return HttpResponse(status=204, headers={"Vary": "HX-Request"})
    context["announcement"] = context["progress"].announcement(observed)
    return render_page(request, PAGE, context, fragment="live")


@require_http_methods(["GET", "POST"])
def retry(request: OperatorRequest, pk: int) -> HttpResponse:
    record = _get_record(request, pk, Role.PUBLISHER)
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method == "POST":
        try:
            retry_sync(record, Actor.from_user(request.user), keys=[key] if key else None)
        except OperationRefused as refused:
            build_refusal_message(request, refused)
        return redirect(record)
    return _render_question(
        request, record,
        title=f"Retry {key}?" if key else "Retry failed components?",
        text="The latest configuration of the application is used.",
        hidden={"key": key} if key else {},
        submit="Try again",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def confirm(request: OperatorRequest, pk: int) -> HttpResponse:
    record = _get_record(request, pk, Role.PUBLISHER)
    if request.method == "POST":
        try:
            version = confirm_release(record, Actor.from_user(request.user))
        except OperationRefused as refused:
            build_refusal_message(request, refused)
            return redirect(record)
        messages.success(request, f"{version} released.")
        return redirect(_redirect_to_list(record, version.get_absolute_url()))
    return _render_question(
        request, record,
        title=f"Release {record.template_label} {record.version_label}?",
        happens=[
            "The version can be installed and is offered to older installations.",
            "The version becomes immutable.",
        ],
        submit="Release",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def cancel(request: OperatorRequest, pk: int) -> HttpResponse:
    record = _get_record(request, pk, Role.PUBLISHER)
    if request.method == "POST":
        try:
            cancel_publication(record, Actor.from_user(request.user))
        except OperationRefused as refused:
            build_refusal_message(request, refused)
            return redirect(record)
        messages.info(request, f"Publication of {record} cancelled. The version number {record.version_label} can be used again.")
        return redirect(_redirect_to_list(record, record.get_absolute_url()))
    return _render_question(
        request, record,
        title=f"Cancel publication of {record.template_label} {record.version_label}?",
        happens=[
            f"The draft is deleted. The version number {record.version_label} can be used again.",
            "The release record is kept as cancelled.",
        ],
        submit="Cancel publication",
        danger=True,
        cancel="Keep it",
    )  # fmt: skip


def _get_record(request: OperatorRequest, pk: int, role: Role = Role.VIEWER) -> ReleaseRecord:
    rows = ReleaseRecord.objects.select_related("team", "version__template__team")
    record = get_visible_object(request, rows, role=role, pk=pk)
    if record.application_id is not None:
        record.application = Application.objects.with_installation().get(pk=record.application_id)
    return record


def _build_context(request: OperatorRequest, record: ReleaseRecord) -> dict[str, Any]:
    application = record.application
    return {
        "record": record,
        "version": record.version,
        "application": application,
        "side": build_side_navigation(request, application, "releases") if application is not None else None,
        "progress": PublicationProgress.from_release(record),
        "may_publish": Actor.from_user(request.user).has_role(record.team, Role.PUBLISHER),
    }


def _render_question(request: OperatorRequest, record: ReleaseRecord, **context: Any) -> HttpResponse:
    context["cancel_url"] = record.get_absolute_url()
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _redirect_to_list(record: ReleaseRecord, otherwise: str) -> str:
    """The release records with this one marked, where the application is still there."""
    if record.application is None:
        return otherwise
    return f"{reverse('apps:releases', args=[record.application.slug])}?new={record.pk}"
