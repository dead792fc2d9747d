"""How targets sign in to registries of images."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.save_registry_login import remove_login, save_login
from apps_app.forms.filters import LoginFilter
from apps_app.forms.registry_login import LoginForm
from apps_app.models import RegistryLogin
from apps_app.views.application_page import say_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch, require_somewhere
from config.accounts.models import Role, Team
from config.errors import Refused
from config.web import OperatorRequest, page_of, render_page


@require_GET
def logins(request: OperatorRequest) -> HttpResponse:
    rows = RegistryLogin.objects.visible_to(request.user).select_related("team").order_by("host", "team__name", "pk")
    registry_login_filter = LoginFilter(request.GET, queryset=rows.defer("password"), request=request)
    context = {
        "filter": registry_login_filter,
        "page": page_of(request, registry_login_filter.qs),
        "sort": "host",
        "filtered": any(request.GET.get(name) for name in ("q", "team")),
        "owned": set(Team.objects.with_role(request.user, Role.OWNER).values_list("pk", flat=True)),
    }
    return render_page(request, "apps_app/logins.html", context, fragment="rows")


@require_http_methods(["GET", "POST"])
def save(request: OperatorRequest) -> HttpResponse:
    """A new login, or another one where the team has one already."""
    require_somewhere(request, Role.OWNER, "add a registry login")
    initial: dict[str, object] = {
        name: request.GET.get(name) for name in ("host", "username", "team") if request.GET.get(name)
    }
    form = LoginForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_login(Actor.of(request.user), **form.cleaned_data)
        except Refused as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, f"Targets of {saved.team.name} sign in to {saved.host} as {saved.username}.")
            return redirect("apps:logins")
    return render_page(request, "apps_app/login_form.html", {"form": form, "changes": "host" in initial})


@require_http_methods(["GET", "POST"])
def remove(request: OperatorRequest, pk: int) -> HttpResponse:
    """Asked first."""
    login = fetch(request, RegistryLogin.objects.select_related("team"), role=Role.OWNER, pk=pk)
    if request.method == "POST":
        remove_login(login, Actor.of(request.user))
        messages.success(request, f"The login at {login.host} is removed.")
        return redirect("apps:logins")
    context = {
        "title": f"Remove the login at {login.host}?",
        "happens": [
            f"Targets of {login.team.name} pull from {login.host} without a login from now on.",
            "Images that are on a target already stay there.",
        ],
        "submit": "Remove",
        "danger": True,
        "cancel_url": login.get_absolute_url(),
    }
    return render_page(request, "shell/confirm_page.html", context, fragment="dialog")
