"""What comes of a component's form that was sent: saved, together with what others saved meanwhile, or asked first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import QueryDict

from apps_app.actions.remove_component import dependants
from apps_app.actions.save_component import save_component
from apps_app.forms.component import ComponentForms
from apps_app.forms.component_fields.component_spec_form import WholeForms
from apps_app.forms.edit_conflicts import Meanwhile, together
from apps_app.forms.suggestions import Proposal, accepted, named, proposals, unasked
from apps_app.models import Application, Component
from apps_app.publication.credential_choices import with_values
from apps_app.queries.rendered_spec import given_values, secret_values
from apps_app.views.application_page import say_refusal, with_review
from config.accounts.access.actor import Actor
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError

ADD_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The saved row; what is asked first, each with whether it is ticked; and what others did meanwhile.

    `again`: a component that is gone was said to be added again.
    """

    saved: Component | None = None
    asked: tuple[tuple[Proposal, bool], ...] = ()
    meanwhile: Meanwhile | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Edit:
    """The component as it is saved, over which revision (None: it is new), beside what others did meanwhile."""

    after: ComponentSpec
    revision: int | None
    meanwhile: Meanwhile | None = None


def save(request: OperatorRequest, application: Application, forms: ComponentForms | WholeForms, key: str) -> Outcome:
    """Saves what a valid form says, unless something has to be said or asked first."""
    key = key or forms.key
    is_repeated = request.POST.get("over") == ADD_AGAIN
    try:
        edit = _edit(application, forms, key, request.POST, again=is_repeated)
        result = _proposals(application, key, edit.after)
        waiting = unasked(result, request.POST)
        if waiting or (edit.meanwhile is not None and edit.meanwhile.open):
            return Outcome(asked=_ticked(waiting, request), meanwhile=edit.meanwhile, again=is_repeated)
        return Outcome(_save(request, application, forms, key, edit, result), meanwhile=edit.meanwhile)
    except SpecError as error:
        for fault in error.faults:
            forms.place(fault, key)
    except Refused as refused:
        say_refusal(forms.form, refused)
    return Outcome(again=is_repeated)


def tell_saved(
    request: OperatorRequest, application: Application, saved: Component, conflicts: Meanwhile | None = None
) -> None:
    """Says above the next page that it is saved, when that counts, and what of others was kept."""
    if application.target is None:
        messages.success(request, f"{saved.key} is saved.")
    else:
        when = f"Nothing on {application.target} changes until you apply it."
        messages.success(request, with_review(application, f"{saved.key} is saved. {when}"))
    if conflicts is not None and (remaining := conflicts.sentence()):
        messages.info(request, remaining)


def _edit(
    application: Application, forms: ComponentForms | WholeForms, key: str, data: QueryDict, *, again: bool
) -> _Edit:
    """What the form says, together with what others saved since it was opened."""
    mine = forms.component()
    row = None if forms.new else application.components.filter(key=key).first()
    theirs = (row.desired_spec or ComponentSpec()) if row is not None and row.desired is not None else None
    if forms.new or (again and theirs is None):
        return _Edit(mine, None)
    by = (row.changed_by if row is not None else "") or "Somebody"
    if row is None or theirs is None:
        return _Edit(mine, None, Meanwhile(by, gone=True))
    spec = application.legible_spec()
    base = {key: forms.original} if forms.opened is not None else {}
    merged, conflicts = together(
        *(spec.model_copy(update={"components": items}) for items in (base, {key: mine}, {key: theirs})),
        by=by,
        stand=str(row.revision),
        data=data,
    )
    return _Edit(merged.components[key], row.revision, conflicts)


def _save(
    request: OperatorRequest,
    application: Application,
    forms: ComponentForms | WholeForms,
    key: str,
    edit: _Edit,
    result: tuple[Proposal, ...],
) -> Component:
    ticked = accepted(result, request.POST)
    return save_component(
        application,
        Actor.of(request.user),
        key=key,
        component=named(edit.after, ticked),
        revision=edit.revision,
        needed_by=_needed_by(application, forms, key),
        hide=tuple(suspect for suggestion in ticked for suspect in suggestion.hide),
        declare={name: parameter for suggestion in ticked for name, parameter in suggestion.declare.items()},
    )


def _proposals(application: Application, key: str, after: ComponentSpec) -> tuple[Proposal, ...]:
    valued = with_values(application.legible_spec(), given_values(application))
    before = valued.components.get(key, ComponentSpec())
    return proposals(valued, key, before, after, secret_values(application))


def _ticked(result: tuple[Proposal, ...], request: OperatorRequest) -> tuple[tuple[Proposal, bool], ...]:
    """Ticked unless somebody took the tick away."""
    shown, accepted = set(request.POST.getlist("shown")), set(request.POST.getlist("accept"))
    return tuple((suggestion, suggestion.id in accepted or suggestion.id not in shown) for suggestion in result)


def _needed_by(application: Application, forms: ComponentForms | WholeForms, key: str) -> tuple[str, ...] | None:
    dependents, opened = forms.wanted_by, forms.opened
    if dependents is None:
        return None
    return (
        opened.needed_by_now(dependants(application.legible_spec(), key), dependents) if opened else tuple(dependents)
    )
