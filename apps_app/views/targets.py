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

from apps_app.actions.save_target import add_target, change_target, check_host_access, remove_target
from apps_app.actions.target_identity import TargetMoved
from apps_app.drivers.base import Driver, DriverError
from apps_app.drivers.registry import KINDS, TargetKind, open_driver
from apps_app.forms.filters import TargetFilter
from apps_app.forms.target import ELSEWHERE, TargetForm, list_offered_kinds
from apps_app.models import Application, Target
from apps_app.presenters.component_status import APPLICATION_WORDS, annotate_state
from apps_app.views.application_page import show_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object, require_role_in_any_team
from config.accounts.models import Role, Team
from config.errors import OperationRefused
from config.web import OperatorRequest, paginate, render_page
from templates_app.appspec.presentation.text import join_names


@dataclass(frozen=True, slots=True)
class TargetAnswer:
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
        "page": paginate(request, target_filter.qs),
        "sort": "name",
        "filtered": any(request.GET.get(name) for name in ("q", "team", "kind")),
        "may_add": Team.objects.with_role(request.user, Role.OWNER).exists(),
    }
    return render_page(request, "apps_app/targets.html", context, fragment="rows")


@require_GET
def target(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    shown = get_visible_object(request, Target.objects.select_related("team"), team__slug=team, slug=slug)
    kind = KINDS[shown.kind]
    applications = annotate_state(Application.objects.visible_to(request.user).filter(target=shown)).select_related(
        "team"
    )
    page = paginate(request, applications)
    context = {
        "target": shown,
        "kind": kind,
        "config": [(field.label, shown.config.get(field.name, field.default)) for field in kind.fields],
        "answer": test_connection(shown),
        "page": page,
        "lines": [(row, APPLICATION_WORDS[row.state]) for row in page],  # type: ignore[attr-defined]  # annotated above
        "may_change": Actor.from_user(request.user).has_role(shown.team, Role.OWNER),
        "may_adopt": kind.shared and Actor.from_user(request.user).has_role(shown.team, Role.OPERATOR),
    }
    return render_page(request, "apps_app/target.html", context)


@require_http_methods(["GET", "POST"])
def new(request: OperatorRequest) -> HttpResponse:
    require_role_in_any_team(request, Role.OWNER, "add a target")
    kind = KINDS.get(request.GET.get("kind", ""), list_offered_kinds()[0])
    if not kind.offered:
        raise Http404("Unknown target type.")
    form = TargetForm(request.POST or None, kind=kind, user=request.user)
    context = {"form": form, "kind": kind, "kinds": list_offered_kinds(), "home": _targets_folder(kind)}
    if _test(request, form, context):
        return render_page(request, "apps_app/target_form.html", context)
    if request.method == "POST" and form.is_valid():
        named = {"team": form.cleaned_data["team"], "slug": form.cleaned_data["slug"]}
        try:
            created = add_target(Actor.from_user(request.user), kind=kind.kind, config=form.config(), **named)
        except OperationRefused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"Target {created.slug} created.")
            return redirect(created)
    return render_page(request, "apps_app/target_form.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    changed = get_visible_object(
        request, Target.objects.select_related("team"), role=Role.OWNER, team__slug=team, slug=slug
    )
    kind = KINDS[changed.kind]
    form = TargetForm(request.POST or None, kind=kind, config=changed.config)
    context = {"form": form, "kind": kind, "target": changed, "home": _targets_folder(kind)}
    if _test(request, form, context, secret=changed.secret.reveal()):
        return render_page(request, "apps_app/target_form.html", context)
    if request.method == "POST" and form.is_valid():
        meant = ELSEWHERE in request.POST
        try:
            change_target(changed, Actor.from_user(request.user), config=form.config(), elsewhere=meant)
        except OperationRefused as refused:
            show_refusal(form, refused)
            if isinstance(refused, TargetMoved):
                form.require_identity_confirmation()
        else:
            messages.success(request, "Saved.")
            return redirect(changed)
    return render_page(request, "apps_app/target_form.html", context)


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, team: str, slug: str) -> HttpResponse:
    """Asked first. While an application is on it, it says which."""
    removed = get_visible_object(
        request, Target.objects.select_related("team"), role=Role.OWNER, team__slug=team, slug=slug
    )
    refusal = ""
    if request.method == "POST":
        try:
            remove_target(removed, Actor.from_user(request.user))
        except OperationRefused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"Target {removed.slug} removed.")
            return redirect("apps:targets")
    names = list(removed.applications.values_list("name", flat=True))
    context = {
        "title": f"{removed.slug} cannot be removed" if names else f"Remove the target {removed.slug}?",
        "happens": []
        if names
        else ["Deployed files are kept.", "Applications can no longer be deployed to it."],
        "warning": _count_applications(names) or refusal,
        "submit": "" if names else "Remove",
        "danger": True,
        "cancel_url": removed.get_absolute_url(),
        "cancel": "Back" if names else "Cancel",
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def test_connection(target: Target) -> TargetAnswer:
    """Whether the target answers, in a sentence."""
    return _describe_answer(target.open_driver)


def _targets_folder(kind: TargetKind) -> Path | None:
    """The folder that a target of this kind has to lie in."""
    home: Path = settings.TARGETS
    return home if kind.place is not None else None


def _test(request: OperatorRequest, form: TargetForm, context: dict[str, Any], secret: str = "") -> bool:
    """Whether only a test was asked for; its answer is in the context, and nothing is stored."""
    if request.method != "POST" or "test" not in request.POST:
        return False
    if form.is_valid():
        kind, config = form.kind.kind, form.config()
        try:
            check_host_access(Actor.from_user(request.user), kind, config)
        except OperationRefused as refused:
            show_refusal(form, refused)
        else:
            context["answer"] = _describe_answer(lambda: open_driver(kind, config, secret, home=settings.TARGETS))
    return True


def _describe_answer(opened: Callable[[], Driver]) -> TargetAnswer:
    try:
        info = opened().ping()
    except DriverError as error:
        return TargetAnswer(False, str(error))
    return TargetAnswer(True, info.version)


def _count_applications(names: list[str]) -> str:
    if not names:
        return ""
    are = "is" if len(names) == 1 else "are"
    return (
        f"{join_names(names)} {are} on it. Uninstall these applications, then delete them or choose another target."
    )
