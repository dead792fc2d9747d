"""A component that somebody changed on its target: see what differs, put it back, or keep it."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.models import Application
from apps_app.views.application_page import application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest, render_page, wants_fragment
from templates_app.appspec.diff.field_change import words
from templates_app.appspec.presentation.path_labels import said
from upgrades_app.actions.accept_drift import keep as keep_it
from upgrades_app.actions.revert_drift import put_back as plan_it
from upgrades_app.presenters.field_view import line_of
from upgrades_app.queries.load_drift import Drift, look_at, sentences

CONFIRM = "shell/confirm_page.html"


@require_GET
def drift(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    """What differs, asked of the target for this very page."""
    application = _application(request, slug, key, Role.VIEWER)
    drift, refusal = _looked(application, key)
    context = {
        "key": key,
        "drift": drift,
        "refusal": refusal,
        "sentences": list(sentences(drift)) if drift is not None else [],
        "lines": [line_of(row) for row in drift.rows] if drift is not None else [],
        "here": request.get_full_path(),
        "alone": not wants_fragment(request),
    }
    page = "upgrades_app/drift.html"
    return application_page(request, application, page, context, current="components", fragment="drift")


@require_http_methods(["GET", "POST"])
def put_back(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = _application(request, slug, key, Role.OPERATOR)
    refused_so = ""
    if request.method == "POST":
        try:
            record = plan_it(application, Actor.of(request.user), key)
        except Refused as refused:
            refused_so = refused.sentence
        else:
            return redirect("upgrades:confirm", record.pk)
    drift, refusal = _looked(application, key)
    context = {
        "title": f"Put {key} back as it was applied?",
        "text": " ".join(sentences(drift)) if drift is not None else "",
        "happens": list(_put_back_happens(application, key, drift)),
        "warning": refused_so or refusal,
        "submit": "Put back",
        "cancel_url": reverse("apps:component", args=[slug, key]),
    }
    return render_page(request, CONFIRM, context, fragment="dialog")


@require_http_methods(["GET", "POST"])
def keep(request: OperatorRequest, slug: str, key: str) -> HttpResponse:
    application = _application(request, slug, key, Role.OPERATOR)
    back = reverse("apps:component", args=[slug, key])
    refusals: list[str] = []
    if request.method == "POST":
        try:
            component_drift = keep_it(application, Actor.of(request.user), key, seen=request.POST.get("seen", ""))
        except Refused as refused:
            refusals = [refused.sentence, *map(said, refused.parts)]
        else:
            messages.success(request, _kept_sentence(component_drift))
            return redirect(back)
    drift, refusal = _looked(application, key)
    can = drift is not None and drift.keepable
    context = {
        "title": f"Keep {key} as it is on the target?",
        "text": " ".join(sentences(drift)) if drift is not None else "",
        "happens": list(_keep_happens(drift)) if drift is not None else [],
        "warning": " ".join(refusals or filter(None, [refusal])),
        "hidden": {"seen": drift.digest} if drift is not None else {},
        "submit": "Keep" if can else "",
        "cancel": "Cancel" if can else "Back",
        "cancel_url": back,
    }
    return render_page(request, CONFIRM, context, fragment="dialog")


def _application(request: OperatorRequest, slug: str, key: str, role: Role) -> Application:
    application = fetch(request, Application.objects.with_installation(), role=role, slug=slug)
    get_object_or_404(application.components, key=key)
    return application


def _looked(application: Application, key: str) -> tuple[Drift | None, str]:
    try:
        return look_at(application, key), ""
    except Refused as refused:
        return None, refused.sentence


def _put_back_happens(application: Application, key: str, drift: Drift | None) -> Iterator[str]:
    if drift is not None and drift.rows:
        changes = "; ".join(row.sentence() for row in drift.rows)
        yield f"What somebody else did to it is taken back: {changes}."
    yield "You see what it takes, and confirm it, before anything is done."
    rows = application.components.all()
    if any(row.pending for row in rows if row.key == key or row.applied is not None):
        yield "What was edited and not applied yet is applied with it."


def _keep_happens(drift: Drift) -> Iterator[str]:
    if not drift.rows:
        yield "There is nothing that could be kept."
    elif not drift.keepable:
        yield f"{drift.key} is removed here: apply that, or discard it first."
        return
    for row in drift.rows:
        yield f"{row.sentence()[:1].upper()}{row.sentence()[1:]}"
    for sentence in drift.beside:
        yield f"Not kept: {sentence}"
    if not drift.rows:
        return
    yield "Nothing is restarted: the target is so already."
    yield "It is your own change from now on: an upgrade keeps it, and asks where the version changes the same."
    for decision in drift.kept.edited if drift.kept is not None else ():
        yield f"You edited {words(decision.path)} too, and have not applied that: your edit stays, and waits."


def _kept_sentence(drift: Drift) -> str:
    counted = "1 change is" if len(drift.rows) == 1 else f"{len(drift.rows)} changes are"
    return f"{drift.key} is kept as it is on the target: {counted} your own now."
