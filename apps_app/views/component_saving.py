from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import QueryDict

from apps_app.actions.remove_component import list_dependants
from apps_app.actions.save_component import save_component
from apps_app.forms.component import ComponentFormSet
from apps_app.forms.component_fields.component_spec_form import ComponentSpecForm
from apps_app.forms.edit_conflicts import EditConflicts, merge_edits
from apps_app.forms.suggestions import Suggestion, apply_accepted, list_named, list_suggestions, list_unanswered
from apps_app.models import Application, Component
from apps_app.publication.credential_choices import fill_in_values
from apps_app.queries.rendered_spec import get_secret_values, get_set_values
from apps_app.views.application_page import add_review, show_refusal
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from config.web import OperatorRequest
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError

ADD_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """The saved row; what is asked first, each with whether it is ticked; and what others did meanwhile.

    `again`: a component that is gone was said to be added again.
    """

    saved: Component | None = None
    suggestions: tuple[tuple[Suggestion, bool], ...] = ()
    conflicts: EditConflicts | None = None
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class _Edit:
    """The component as it is saved, over which revision (None: it is new), beside what others did meanwhile."""

    after: ComponentSpec
    revision: int | None
    conflicts: EditConflicts | None = None


def save_component_form(
    request: OperatorRequest, application: Application, forms: ComponentFormSet | ComponentSpecForm, key: str
) -> SaveOutcome:
    """Saves what a valid form says, unless something has to be said or asked first."""
    key = key or forms.key
    is_repeated = request.POST.get("over") == ADD_AGAIN
    try:
        edit = _read_edit(application, forms, key, request.POST, is_repeated=is_repeated)
        result = _list_suggestions(application, key, edit.after)
        waiting = list_unanswered(result, request.POST)
        if waiting or (edit.conflicts is not None and edit.conflicts.open):
            return SaveOutcome(
                suggestions=_list_checked(waiting, request), conflicts=edit.conflicts, needs_review=is_repeated
            )
        return SaveOutcome(_save(request, application, forms, key, edit, result), conflicts=edit.conflicts)
    except SpecError as error:
        for fault in error.faults:
            forms.find_field(fault, key)
    except OperationRefused as refused:
        show_refusal(forms.form, refused)
    return SaveOutcome(needs_review=is_repeated)


def show_saved_message(
    request: OperatorRequest, application: Application, saved: Component, conflicts: EditConflicts | None = None
) -> None:
    """Says above the next page that it is saved, when that counts, and what of others was kept."""
    if application.target is None:
        messages.success(request, f"{saved.key} saved.")
    else:
        when = f"Nothing on {application.target} changes until you apply the pending changes."
        messages.success(request, add_review(application, f"{saved.key} saved. {when}"))
    if conflicts is not None and (remaining := conflicts.sentence()):
        messages.info(request, remaining)


def _read_edit(
    application: Application,
    forms: ComponentFormSet | ComponentSpecForm,
    key: str,
    data: QueryDict,
    *,
    is_repeated: bool,
) -> _Edit:
    """What the form says, together with what others saved since it was opened."""
    mine = forms.component()
    row = None if forms.new else application.components.filter(key=key).first()
    theirs = (row.desired_spec or ComponentSpec()) if row is not None and row.desired is not None else None
    if forms.new or (is_repeated and theirs is None):
        return _Edit(mine, None)
    by = (row.changed_by if row is not None else "") or "Somebody"
    if row is None or theirs is None:
        return _Edit(mine, None, EditConflicts(by, removed=True))
    spec = application.parse_desired_leniently()
    base = {key: forms.original} if forms.opened is not None else {}
    merged, conflicts = merge_edits(
        *(spec.model_copy(update={"components": items}) for items in (base, {key: mine}, {key: theirs})),
        by=by,
        stand=str(row.revision),
        data=data,
    )
    return _Edit(merged.components[key], row.revision, conflicts)


def _save(
    request: OperatorRequest,
    application: Application,
    forms: ComponentFormSet | ComponentSpecForm,
    key: str,
    edit: _Edit,
    result: tuple[Suggestion, ...],
) -> Component:
    ticked = apply_accepted(result, request.POST)
    return save_component(
        application,
        Actor.from_user(request.user),
        key=key,
        component=list_named(edit.after, ticked),
        revision=edit.revision,
        needed_by=_read_dependants(application, forms, key),
        hide=tuple(suspect for suggestion in ticked for suspect in suggestion.hide),
        declare={name: parameter for suggestion in ticked for name, parameter in suggestion.declare.items()},
    )


def _list_suggestions(application: Application, key: str, after: ComponentSpec) -> tuple[Suggestion, ...]:
    valued = fill_in_values(application.parse_desired_leniently(), get_set_values(application))
    before = valued.components.get(key, ComponentSpec())
    return list_suggestions(valued, key, before, after, get_secret_values(application))


def _list_checked(result: tuple[Suggestion, ...], request: OperatorRequest) -> tuple[tuple[Suggestion, bool], ...]:
    """Ticked unless somebody took the tick away."""
    shown, accepted = set(request.POST.getlist("shown")), set(request.POST.getlist("accept"))
    return tuple((suggestion, suggestion.id in accepted or suggestion.id not in shown) for suggestion in result)


def _read_dependants(
    application: Application, forms: ComponentFormSet | ComponentSpecForm, key: str
) -> tuple[str, ...] | None:
    desired, opened = forms.dependants, forms.opened
    if desired is None:
        return None
    return (
        opened.merge_dependants(list_dependants(application.parse_desired_leniently(), key), desired)
        if opened
        else tuple(desired)
    )
