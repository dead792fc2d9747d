"""Importing into an application again: upload, look at what changes, apply."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from apps_app.actions.import_compose import Answers, known_secrets, merged, reimport_compose
from apps_app.formats.compose.read import Imported
from apps_app.forms.edit_conflicts import choices_in
from apps_app.forms.import_compose import ComposeForm
from apps_app.importing import pending_import
from apps_app.models import Application
from apps_app.queries.local_changes import Line, comparison_lines
from apps_app.views.application_page import application_page, editable
from apps_app.views.import_compose import grouped
from config.accounts.access.actor import Actor
from config.errors import Refused
from config.web import OperatorRequest, linked
from templates_app.appspec.merge.merge import Merge
from templates_app.appspec.merge.three_way import Decision
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.presentation.value_labels import spoken_value
from templates_app.appspec.schema.errors import SpecError


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place where both changed: its question, and both answers as text."""

    id: str
    label: str
    base: str
    ours: str
    theirs: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A component that the new file no longer has."""

    key: str
    changed_here: bool
    chosen: str


@require_http_methods(["GET", "POST"])
def reimport(request: OperatorRequest, slug: str) -> HttpResponse:
    application = editable(request, slug)
    posted = request.method == "POST"
    form = ComposeForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        pending_import.put(request, application, form.imported, form.source)
        return redirect("apps:reimport-review", slug)
    return application_page(request, application, "apps_app/reimport.html", {"form": form}, current="topology")


@require_http_methods(["GET", "POST"])
def review(request: OperatorRequest, slug: str) -> HttpResponse:
    application = editable(request, slug)
    remaining = pending_import.get(request, application)
    if remaining is None:
        messages.info(request, "Upload the file again: nothing is waiting for a review.")
        return redirect("apps:reimport", slug)
    imported, source = remaining
    faults: list[str | SafeString] = []
    if request.method == "POST":
        try:
            changed = reimport_compose(
                application, Actor.of(request.user), imported=imported, answers=_answers(request.POST), source=source
            )
        except SpecError as error:
            faults = [said(fault) for fault in error.faults]
        except Refused as refused:
            faults = [linked(refused), *map(said, refused.parts)]
        else:
            pending_import.drop(request, application)
            messages.success(request, _said(changed))
            return redirect("apps:imported", slug)
    context = {**_review(application, imported, request.POST), "source": source, "faults": faults}
    return application_page(request, application, "apps_app/reimport_review.html", context, current="topology")


def _answers(data: QueryDict) -> Answers:
    removed = {name.removeprefix("removed:"): data[name] for name in data if name.startswith("removed:")}
    return Answers(
        choices_in(data),
        {key: "remove" if choice == "remove" else "keep" for key, choice in removed.items()},
        replace_secrets="replace_secrets" in data,
    )


def _review(application: Application, imported: Imported, data: QueryDict) -> dict[str, object]:
    result = merged(application, imported)
    groups: list[tuple[str, str, list[Line]]] = comparison_lines(application.desired_spec(), result.spec)
    conflicts = [_conflict(decision, data) for decision in result.conflicts]
    dropped = [_dropped(key, result, data) for key in result.removed]
    return {
        "groups": groups,
        "conflicts": conflicts,
        "dropped": dropped,
        "secrets": known_secrets(application, imported),
        "lost": grouped([asdict(notice) for notice in imported.notices if notice.weight == "lost"]),
        "nothing": not (groups or conflicts or dropped),
    }


def _conflict(decision: Decision, data: QueryDict) -> Conflict:
    base, ours, theirs = (
        "not there" if name in decision.absent else spoken_value(decision.path, getattr(decision, name))
        for name in ("base", "ours", "theirs")
    )
    return Conflict(decision.id, decision.label, base, ours, theirs, data.get(f"choice:{decision.id}", "ours"))


def _dropped(key: str, result: Merge, data: QueryDict) -> Dropped:
    decision = next(item for item in result.decisions if item.path == ("components", key))
    changed = decision.base != decision.ours
    return Dropped(key, changed, data.get(f"removed:{key}", "keep" if changed else "remove"))


def _said(changed: tuple[str, ...]) -> str:
    return f"Imported; changed: {', '.join(changed)}." if changed else "Imported; no component changed."
