"""What comes of a component's form that was sent: saved, asked about first, or overtaken by somebody else."""

from __future__ import annotations

from dataclasses import dataclass

from apps_app.actions.remove_component import dependants
from apps_app.actions.save_component import Overtaken, save_component
from apps_app.forms.component import ComponentForms
from apps_app.forms.meanwhile import Meanwhile, meanwhile
from apps_app.forms.proposals import Proposal, accepted, named, proposals, unasked
from apps_app.forms.spec.whole import WholeForms
from apps_app.models import Application, Component
from apps_app.publication.credentials import with_values
from apps_app.rendered import given_values, secret_values
from apps_app.views.shared import say_refusal
from config.accounts.actor import Actor
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.spec.component import ComponentSpec
from templates_app.spec.errors import SpecError
from templates_app.spec.model import AppSpec

ADD_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The saved row; or what is asked first, each with whether it is ticked; or what others did meanwhile.

    All three are empty where the form says what is wrong. `over` is the revision that may be written over, as sent.
    """

    saved: Component | None = None
    asked: tuple[tuple[Proposal, bool], ...] = ()
    meanwhile: Meanwhile | None = None
    over: str = ""


def save(request: OperatorRequest, application: Application, forms: ComponentForms | WholeForms, key: str) -> Outcome:
    """Saves what a valid form says, unless something has to be said or asked first."""
    key = key or forms.key
    spec = application.desired_spec()
    over = request.POST.get("over", "")
    try:
        after = forms.component()
        found = _proposals(application, spec, key, forms.original, after)
        if waiting := unasked(found, request.POST):
            return Outcome(asked=_ticked(waiting, request), over=over)
        try:
            return Outcome(_save(request, application, forms, key, after, found))
        except Overtaken as overtaken:
            now = meanwhile(overtaken.row, forms.opened, after)
            return Outcome(asked=_ticked(found, request), meanwhile=now)
    except SpecError as error:
        for fault in error.faults:
            forms.place(fault, key)
    except Refused as refused:
        say_refusal(forms.form, refused)
    return Outcome(over=over)


def _save(
    request: OperatorRequest,
    application: Application,
    forms: ComponentForms | WholeForms,
    key: str,
    after: ComponentSpec,
    found: tuple[Proposal, ...],
) -> Component:
    ticked = accepted(found, request.POST)
    return save_component(
        application,
        Actor.of(request.user),
        key=key,
        component=named(after, ticked),
        revision=_revision(forms, request.POST.get("over", "")),
        needed_by=_needed_by(application, forms, key),
        hide=tuple(suspect for one in ticked for suspect in one.hide),
        declare={name: parameter for one in ticked for name, parameter in one.declare.items()},
    )


def _proposals(
    application: Application, spec: AppSpec, key: str, before: ComponentSpec, after: ComponentSpec
) -> tuple[Proposal, ...]:
    valued = with_values(spec, given_values(application))
    return proposals(valued, key, before, after, secret_values(application))


def _ticked(found: tuple[Proposal, ...], request: OperatorRequest) -> tuple[tuple[Proposal, bool], ...]:
    """Ticked unless somebody took the tick away."""
    shown, accepted = set(request.POST.getlist("shown")), set(request.POST.getlist("accept"))
    return tuple((one, one.id in accepted or one.id not in shown) for one in found)


def _revision(forms: ComponentForms | WholeForms, over: str) -> int | None:
    if forms.new or over == ADD_AGAIN:
        return None
    return int(over) if over.isdecimal() else forms.form.cleaned_data["revision"] or 0


def _needed_by(application: Application, forms: ComponentForms | WholeForms, key: str) -> tuple[str, ...] | None:
    wanted, opened = forms.wanted_by, forms.opened
    if wanted is None:
        return None
    return opened.needed_by_now(dependants(application.desired_spec(), key), wanted) if opened else tuple(wanted)
