"""Where applications run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.save_target import add_target, change_target, refuse_borrowed, remove_target
from apps_app.actions.target_identity import Elsewhere
from apps_app.drivers.base import Driver, DriverError
from apps_app.drivers.registry import KINDS, Kind, open_driver
from apps_app.forms.filters import TargetFilter
from apps_app.forms.target import ELSEWHERE, TargetForm, offered_kinds
from apps_app.models import Application, Target
from apps_app.presenters.component_status import APPLICATION_WORDS, with_state
from apps_app.views.application_page import say_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch, require_somewhere
from config.accounts.models import Role, Team
from config.errors import Refused
from config.web import OperatorRequest, page_of, render_page
from templates_app.appspec.presentation.text import listed


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target said when it was asked whether it is there."""

    good: bool
    text: str


@require_GET
def targets(request: OperatorRequest) -> HttpResponse:
    rows = (
        Target.objects.visible_to(request.user)
        .select_related("team")
        .annotate(used=Count("applications"))
        .order_by("slug", "pk")
    )
    target_filter = TargetFilter(request.GET, queryset=rows, request=request)
    context = {
        "filter": target_filter,
        "page": page_of(request, target_filter.qs),
        "sort": "name",
        "filtered": any(request.GET.get(name) for name in ("q", "team", "kind")),
        "may_add": Team.objects.with_role(request.user, Role.OWNER).exists(),
    }
    return render_page(request, "apps_app/targets.html", context, fragment="rows")


@require_GET
def target(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    shown = fetch(request, Target.objects.select_related("team"), team__slug=team, slug=slug)
    kind = KINDS[shown.kind]
    applications = with_state(Application.objects.visible_to(request.user).filter(target=shown)).select_related("team")
    page = page_of(request, applications)
    context = {
        "target": shown,
        "kind": kind,
        "config": [(field.label, shown.config.get(field.name, field.default)) for field in kind.fields],
        "answer": ask(shown),
        "page": page,
        "lines": [(row, APPLICATION_WORDS[row.state]) for row in page],  # type: ignore[attr-defined]  # annotated above
        "may_change": Actor.of(request.user).may(shown.team, Role.OWNER),
        "may_adopt": kind.shared and Actor.of(request.user).may(shown.team, Role.OPERATOR),
    }
    return render_page(request, "apps_app/target.html", context)


@require_http_methods(["GET", "POST"])
def new(request: OperatorRequest) -> HttpResponse:
    require_somewhere(request, Role.OWNER, "add a target")
    kind = KINDS.get(request.GET.get("kind", ""), offered_kinds()[0])
    if not kind.offered:
        raise Http404("There is no such kind of target.")
    form = TargetForm(request.POST or None, kind=kind, user=request.user)
    context = {"form": form, "kind": kind, "kinds": offered_kinds(), "home": _home(kind)}
    if _tested(request, form, context):
        return render_page(request, "apps_app/target_form.html", context)
    if request.method == "POST" and form.is_valid():
        named = {"team": form.cleaned_data["team"], "slug": form.cleaned_data["slug"]}
        try:
            created = add_target(Actor.of(request.user), kind=kind.kind, config=form.config(), **named)
        except Refused as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, f"The target {created.slug} is there.")
            return redirect(created)
    return render_page(request, "apps_app/target_form.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    changed = fetch(request, Target.objects.select_related("team"), role=Role.OWNER, team__slug=team, slug=slug)
    kind = KINDS[changed.kind]
    form = TargetForm(request.POST or None, kind=kind, config=changed.config)
    context = {"form": form, "kind": kind, "target": changed, "home": _home(kind)}
    if _tested(request, form, context, secret=changed.secret.reveal()):
        return render_page(request, "apps_app/target_form.html", context)
    if request.method == "POST" and form.is_valid():
        meant = ELSEWHERE in request.POST
        try:
            change_target(changed, Actor.of(request.user), config=form.config(), elsewhere=meant)
        except Refused as refused:
            say_refusal(form, refused)
            if isinstance(refused, Elsewhere):
                form.ask_elsewhere()
        else:
            messages.success(request, "Saved.")
            return redirect(changed)
    return render_page(request, "apps_app/target_form.html", context)


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    """Asked first. While an application is on it, it says which."""
    removed = fetch(request, Target.objects.select_related("team"), role=Role.OWNER, team__slug=team, slug=slug)
    refusal = ""
    if request.method == "POST":
        try:
            remove_target(removed, Actor.of(request.user))
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"The target {removed.slug} is removed.")
            return redirect("apps:targets")
    names = list(removed.applications.values_list("name", flat=True))
    context = {
        "title": f"{removed.slug} cannot be removed" if names else f"Remove the target {removed.slug}?",
        "happens": []
        if names
        else ["What was written there stays as it is.", "No application can be put there any more."],
        "warning": _in_use(names) or refusal,
        "submit": "" if names else "Remove",
        "danger": True,
        "cancel_url": removed.get_absolute_url(),
        "cancel": "Back" if names else "Cancel",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def ask(target: Target) -> Answer:
    """Whether the target answers, in a sentence."""
    return _answer(target.driver)


def _home(kind: Kind) -> Path | None:
    """The folder that a target of this kind has to lie in."""
    home: Path = settings.TARGETS
    return home if kind.place is not None else None


def _tested(request: OperatorRequest, form: TargetForm, context: dict[str, Any], secret: str = "") -> bool:
    """Whether only a test was asked for; its answer is in the context, and nothing is stored."""
    if request.method != "POST" or "test" not in request.POST:
        return False
    if form.is_valid():
        kind, config = form.kind.kind, form.config()
        try:
            refuse_borrowed(Actor.of(request.user), kind, config)
        except Refused as refused:
            say_refusal(form, refused)
        else:
            context["answer"] = _answer(lambda: open_driver(kind, config, secret, home=settings.TARGETS))
    return True


def _answer(opened: Callable[[], Driver]) -> Answer:
    try:
        info = opened().ping()
    except DriverError as error:
        return Answer(False, str(error))
    return Answer(True, info.version)


def _in_use(names: list[str]) -> str:
    if not names:
        return ""
    are = "is" if len(names) == 1 else "are"
    return f"{listed(names)} {are} on it. Uninstall what is applied, then choose another target for it or delete it."
