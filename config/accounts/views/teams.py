from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.actions.create_team import create_team
from config.accounts.actions.team_members import add_member, change_role, remove_member
from config.accounts.forms.teams import MAY, MemberForm, RoleForm, TeamForm
from config.accounts.models import Membership, Role, Team
from config.errors import OperationRefused
from config.web import OperatorRequest, paginate, render_page


@require_GET
def teams(request: OperatorRequest) -> HttpResponse:
    rows = Team.objects.visible_to(request.user).annotate(members=Count("memberships")).order_by("name", "slug")
    page = paginate(request, rows)
    mine = request.user.roles
    lines = [(team, Role(mine[team.pk]).label if team.pk in mine else "") for team in page]
    return render_page(request, "accounts/teams.html", {"page": page, "lines": lines})


@require_GET
def team(request: OperatorRequest, slug: str) -> HttpResponse:
    shown = get_visible_object(request, Team.objects.all(), slug=slug)
    members = shown.memberships.select_related("user").order_by("-role", "user__username")
    context = {
        "team": shown,
        "page": paginate(request, members),
        "may_change": Actor.from_user(request.user).has_role(shown, Role.OWNER),
        "roles": [(role.label, MAY[role]) for role in Role],
    }
    return render_page(request, "accounts/team.html", context)


@require_http_methods(["GET", "POST"])
def new(request: OperatorRequest) -> HttpResponse:
    by = Actor.from_user(request.user)
    by.require_superuser()
    form = TeamForm(request.POST or None, initial={"owner": request.user.username})
    created = _try_action(request, form, lambda: create_team(by, **form.cleaned_data))
    if created is not None:
        messages.success(request, f"Team {created} created.")
        return redirect(created)
    return render_page(request, "accounts/team_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def add(request: OperatorRequest, slug: str) -> HttpResponse:
    item = get_visible_object(request, Team.objects.all(), role=Role.OWNER, slug=slug)
    form = MemberForm(request.POST or None)
    membership = _try_action(
        request, form, lambda: add_member(item, Actor.from_user(request.user), **form.cleaned_data)
    )
    if membership is not None:
        messages.success(request, f"{membership.user} is {Role(membership.role).phrase} of {item}.")
        return redirect(item)
    return render_page(request, "accounts/member_form.html", {"form": form, "team": item})


@require_http_methods(["GET", "POST"])
def role(request: OperatorRequest, slug: str, name: str) -> HttpResponse:
    member = _get_member(request, slug, name)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    by = Actor.from_user(request.user)
    changed = _try_action(request, form, lambda: change_role(member, by, role=form.cleaned_data["role"]))
    if changed is not None:
        messages.success(request, f"{changed.user} is {Role(changed.role).phrase} of {changed.team}.")
        return redirect(changed.team)
    context = {"form": form, "team": member.team, "member": member}
    return render_page(request, "accounts/member_form.html", context)


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, slug: str, name: str) -> HttpResponse:
    member = _get_member(request, slug, name)
    context = {
        "title": f"Remove {member.user} from {member.team}?",
        "happens": [
            f"{member.user} loses access to {member.team}.",
            "Audit entries are kept. Running operations continue.",
        ],
        "submit": "Remove",
        "danger": True,
        "cancel_url": member.team.get_absolute_url(),
    }
    if request.method == "POST":
        try:
            remove_member(member, Actor.from_user(request.user))
        except OperationRefused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, f"{member.user} is no longer a member of {member.team}.")
        return redirect(member.team if member.user != request.user else "people:teams")
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")


def _get_member(request: OperatorRequest, slug: str, name: str) -> Membership:
    item = get_visible_object(request, Team.objects.all(), role=Role.OWNER, slug=slug)
    return get_object_or_404(Membership.objects.select_related("team", "user"), team=item, user__username=name)


def _try_action[T](request: OperatorRequest, form: Form, act: Callable[[], T]) -> T | None:
    """What the action returns; None where the form was not sent, is not valid, or the action refused."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act()
    except OperationRefused as refused:
        form.add_error(None, refused.sentence)
        return None
