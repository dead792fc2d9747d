"""A new application out of a Compose file, and what an import did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from apps_app.actions.import_compose import ADOPTED, VERB, import_compose
from apps_app.forms.import_compose import ImportForm
from apps_app.models import Application
from apps_app.views.application_page import application_page, say_faults, say_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch, require_somewhere
from config.accounts.models import AuditEntry, Role
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.appspec.presentation.path_labels import spoken_place
from templates_app.appspec.presentation.text import listed
from templates_app.appspec.schema.errors import SpecError


@require_http_methods(["GET", "POST"])
def import_(request: OperatorRequest) -> HttpResponse:
    require_somewhere(request, Role.OPERATOR, "import an application")
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None, user=request.user)
    if posted and form.is_valid():
        try:
            application = _import(request, form)
        except SpecError as error:
            say_faults(form, error)
        except Refused as refused:
            say_refusal(form, refused)
        else:
            return redirect("apps:imported", application.slug)
    return render_page(request, "apps_app/import.html", {"form": form})


@require_GET
def imported(request: OperatorRequest, slug: str) -> HttpResponse:
    application = fetch(request, Application.objects.with_installation(), slug=slug)
    entry = AuditEntry.objects.about(application).filter(verb__in=[VERB, ADOPTED]).first()
    notices = entry.data["notices"] if entry else []
    context = {
        "entry": entry,
        "adopted": entry is not None and entry.verb == ADOPTED,
        "done": entry.data if entry else {},
        "lost": grouped([notice for notice in notices if notice["weight"] == "lost"]),
        "open": grouped([notice for notice in notices if notice["weight"] == "open"]),
        "other": grouped([notice for notice in notices if notice["weight"] not in ("lost", "open")]),
        "credentials": [
            {**item, "place": spoken_place(item["path"])} for item in (entry.data["credentials"] if entry else [])
        ],
    }
    return application_page(request, application, "apps_app/imported.html", context, current="topology")


def grouped(notices: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Notices that say the same of several services, as one line."""
    services: dict[tuple[str, str, str], list[str]] = {}
    for notice in notices:
        services.setdefault((notice["key"], notice["message"], notice["action"]), []).append(notice["service"])
    return [
        {"service": listed(names), "key": key, "message": message, "action": action}
        for (key, message, action), names in services.items()
    ]


def _import(request: OperatorRequest, form: ImportForm) -> Application:
    cleaned = form.cleaned_data
    return import_compose(
        Actor.of(request.user),
        team=cleaned["team"],
        name=cleaned["name"],
        target=cleaned["target"],
        imported=form.imported,
        source=form.source,
    )
