"""Teams: who is in them, and what each may do."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.actions.create_team import add_team
from config.accounts.actions.team_members import add_member, change_role, remove_member
from config.accounts.forms.teams import MAY, MemberForm, RoleForm, TeamForm
from config.accounts.models import Membership, Role, Team
from config.errors import Refused
from config.web import OperatorRequest, page_of, render_page


@require_GET
def teams(request: OperatorRequest) -> HttpResponse:
    rows = Team.objects.visible_to(request.user).annotate(members=Count("memberships")).order_by("name", "slug")
    page = page_of(request, rows)
    mine = request.user.roles
    lines = [(team, Role(mine[team.pk]).label if team.pk in mine else "") for team in page]
    return render_page(request, "accounts/teams.html", {"page": page, "lines": lines})


@require_GET
def team(request: OperatorRequest, slug: str) -> HttpResponse:
    shown = fetch(request, Team.objects.all(), slug=slug)
    members = shown.memberships.select_related("user").order_by("-role", "user__username")
    context = {
        "team": shown,
        "page": page_of(request, members),
        "may_change": Actor.of(request.user).may(shown, Role.OWNER),
        "roles": [(role.label, MAY[role]) for role in Role],
    }
    return render_page(request, "accounts/team.html", context)


@require_http_methods(["GET", "POST"])
def new(request: OperatorRequest) -> HttpResponse:
    by = Actor.of(request.user)
    by.require_superuser()
    form = TeamForm(request.POST or None, initial={"owner": request.user.username})
    created = _tried(request, form, lambda: add_team(by, **form.cleaned_data))
    if created is not None:
        messages.success(request, f"The team {created} is there.")
        return redirect(created)
    return render_page(request, "accounts/team_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def add(request: OperatorRequest, slug: str) -> HttpResponse:
    item = fetch(request, Team.objects.all(), role=Role.OWNER, slug=slug)
    form = MemberForm(request.POST or None)
    membership = _tried(request, form, lambda: add_member(item, Actor.of(request.user), **form.cleaned_data))
    if membership is not None:
        messages.success(request, f"{membership.user} is {Role(membership.role).phrase} of {item} now.")
        return redirect(item)
    return render_page(request, "accounts/member_form.html", {"form": form, "team": item})


@require_http_methods(["GET", "POST"])
def role(request: OperatorRequest, slug: str, name: str) -> HttpResponse:
    member = _member(request, slug, name)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    by = Actor.of(request.user)
    changed = _tried(request, form, lambda: change_role(member, by, role=form.cleaned_data["role"]))
    if changed is not None:
        messages.success(request, f"{changed.user} is {Role(changed.role).phrase} of {changed.team} now.")
        return redirect(changed.team)
    context = {"form": form, "team": member.team, "member": member}
    return render_page(request, "accounts/member_form.html", context)


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, slug: str, name: str) -> HttpResponse:
    member = _member(request, slug, name)
    context = {
        "title": f"Remove {member.user} from {member.team}?",
        "happens": [
            f"{member.user} no longer sees what {member.team} has.",
            "What this person did stays in the audit trail, and what runs goes on.",
        ],
        "submit": "Remove",
        "danger": True,
        "cancel_url": member.team.get_absolute_url(),
    }
    if request.method == "POST":
        try:
            remove_member(member, Actor.of(request.user))
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, f"{member.user} is no member of {member.team} any more.")
        return redirect(member.team if member.user != request.user else "people:teams")
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _member(request: OperatorRequest, slug: str, name: str) -> Membership:
    item = fetch(request, Team.objects.all(), role=Role.OWNER, slug=slug)
    return get_object_or_404(Membership.objects.select_related("team", "user"), team=item, user__username=name)


def _tried[T](request: OperatorRequest, form: Form, act: Callable[[], T]) -> T | None:
    """What the action returns; None where the form was not sent, is not valid, or the action refused."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act()
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None
