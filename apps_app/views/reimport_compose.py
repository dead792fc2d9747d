from __future__ import annotations

from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from apps_app.actions.import_compose import ImportAnswers, find_known_secrets, merge_import, reimport_compose
from apps_app.formats.compose.read import ImportResult
from apps_app.forms.edit_conflicts import read_choices
from apps_app.forms.import_compose import ComposeForm
from apps_app.importing import pending_import
from apps_app.models import Application
from apps_app.queries.local_changes import ChangeLine, build_comparison_groups
from apps_app.views.application_page import get_editable_spec, render_application_page
from apps_app.views.import_compose import group_notices
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from config.web import OperatorRequest, link_parameters
from templates_app.appspec.merge.merge import SpecMerge
from templates_app.appspec.merge.three_way import MergeDecision
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.presentation.value_labels import describe_value
from templates_app.appspec.schema.errors import SpecError


@dataclass(frozen=True, slots=True)
class ImportConflict:
    """One place where both changed: its question, and both answers as text."""

    id: str
    label: str
    base: str
    ours: str
    theirs: str
    chosen: str


@dataclass(frozen=True, slots=True)
class DroppedComponent:
    """A component that the new file no longer has."""

    key: str
    changed_here: bool
    chosen: str


@require_http_methods(["GET", "POST"])
def reimport(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_editable_spec(request, slug)
    posted = request.method == "POST"
    form = ComposeForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        pending_import.store_import(request, application, form.imported, form.source)
        return redirect("apps:reimport-review", slug)
    return render_application_page(request, application, "apps_app/reimport.html", {"form": form}, current="topology")


@require_http_methods(["GET", "POST"])
def review(request: OperatorRequest, slug: str) -> HttpResponse:
    application = get_editable_spec(request, slug)
    remaining = pending_import.load_import(request, application)
    if remaining is None:
        messages.info(request, "There is no import to review. Upload the file again.")
        return redirect("apps:reimport", slug)
    imported, source = remaining
    faults: list[str | SafeString] = []
    if request.method == "POST":
        try:
            changed = reimport_compose(
                application,
                Actor.from_user(request.user),
                imported=imported,
                answers=_read_answers(request.POST),
                source=source,
            )
        except SpecError as error:
            faults = [describe_fault(fault) for fault in error.faults]
        except OperationRefused as refused:
            faults = [link_parameters(refused), *map(describe_fault, refused.parts)]
        else:
            pending_import.delete_import(request, application)
            messages.success(request, _describe_changes(changed))
            return redirect("apps:imported", slug)
    context = {**_render_review(application, imported, request.POST), "source": source, "faults": faults}
    return render_application_page(request, application, "apps_app/reimport_review.html", context, current="topology")


def _read_answers(data: QueryDict) -> ImportAnswers:
    removed = {name.removeprefix("removed:"): data[name] for name in data if name.startswith("removed:")}
    return ImportAnswers(
        read_choices(data),
        {key: "remove" if name == "remove" else "keep" for key, name in removed.items()},
        replace_secrets="replace_secrets" in data,
    )


def _render_review(application: Application, imported: ImportResult, data: QueryDict) -> dict[str, object]:
    result = merge_import(application, imported)
    groups: list[tuple[str, str, list[ChangeLine]]] = build_comparison_groups(application.desired_spec(), result.spec)
    conflicts = [_build_conflict(decision, data) for decision in result.conflicts]
    dropped = [_build_dropped(key, result, data) for key in result.removed]
    return {
        "groups": groups,
        "conflicts": conflicts,
        "dropped": dropped,
        "secrets": find_known_secrets(application, imported),
        "lost": group_notices([asdict(notice) for notice in imported.notices if notice.weight == "lost"]),
        "nothing": not (groups or conflicts or dropped),
    }


def _build_conflict(decision: MergeDecision, data: QueryDict) -> ImportConflict:
    base, ours, theirs = (
        "not there" if name in decision.absent else describe_value(decision.path, getattr(decision, name))
        for name in ("base", "ours", "theirs")
    )
    return ImportConflict(decision.id, decision.label, base, ours, theirs, data.get(f"choice:{decision.id}", "ours"))


def _build_dropped(key: str, result: SpecMerge, data: QueryDict) -> DroppedComponent:
    decision = next(item for item in result.decisions if item.path == ("components", key))
    changed = decision.base != decision.ours
    return DroppedComponent(key, changed, data.get(f"removed:{key}", "keep" if changed else "remove"))


def _describe_changes(changed: tuple[str, ...]) -> str:
    return f"Imported; changed: {', '.join(changed)}." if changed else "Imported; no component changed."
