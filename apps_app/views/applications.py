"""The applications one may see, and a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.create_application import create_application
from apps_app.forms.application import NewApplicationForm
from apps_app.forms.filters import ApplicationFilter
from apps_app.models import Application
from apps_app.presenters.component_status import APPLICATION_WORDS, with_state
from apps_app.queries.unpublished_changes import with_changed_since
from config.accounts.access.actor import Actor
from config.accounts.access.guards import require_somewhere
from config.accounts.models import Role, Team
from config.errors import Refused
from config.web import OperatorRequest, page_of, render_page


@require_GET
def applications(request: OperatorRequest) -> HttpResponse:
    rows = with_changed_since(with_state(Application.objects.visible_to(request.user))).select_related(
        "team", "target", "installation__template", "installation__version"
    )
    application_filter = ApplicationFilter(
        request.GET, queryset=rows.defer("installation__version__document"), request=request
    )
    page = page_of(request, application_filter.qs)
    for row in page:
        row.state_word = APPLICATION_WORDS[row.state]
    context = {
        "filter": application_filter,
        "page": page,
        "sort": "name",
        "filtered": any(request.GET.get(name) for name in ("q", "team", "target", "template", "state")),
        "publishing": set(Team.objects.with_role(request.user, Role.PUBLISHER).values_list("pk", flat=True)),
        "may_create": Team.objects.with_role(request.user, Role.OPERATOR).exists(),
    }
    return render_page(request, "apps_app/applications.html", context, fragment="rows")


@require_http_methods(["GET", "POST"])
def new(request: OperatorRequest) -> HttpResponse:
    require_somewhere(request, Role.OPERATOR, "make an application")
    form = NewApplicationForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            application = create_application(Actor.of(request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, f"{application.name} is there. Add its first component.")
            return redirect(application)
    return render_page(request, "apps_app/application_new.html", {"form": form})
