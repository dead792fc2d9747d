"""Copying an application."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.copy_application import CopyWanted, shared_with
from apps_app.models import Application, Target
from apps_app.queries.pending_changes import has_waiting
from apps_app.queries.rendered_spec import given_values
from apps_app.views.application_page import application_page, say_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role
from config.errors import Refused
from config.web import OperatorRequest
from templates_app.appspec.validation.port_allocation import Taken
from upgrades_app.actions.plan_copy import Copy, plan_copy
from upgrades_app.forms.copy import CopyForm
from upgrades_app.forms.install import targets_of
from upgrades_app.forms.ports import PortsForm, proposed
from upgrades_app.queries import port_conflicts


@require_http_methods(["GET", "POST"])
def copy(request: OperatorRequest, slug: str) -> HttpResponse:
    """POST makes the copy, and leads to the confirm of what brings it to its target.

    A post of `again`, or one for another target than the ports were shown for, only shows the form for that target.
    """
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    page = _Page(request, application)
    if request.method == "POST" and (answer := page.copied()) is not None:
        return answer
    return application_page(
        request, application, "upgrades_app/copy.html", page.context(), current="settings", fragment="form"
    )


class _Page:
    """The form, with the ports that are free on the chosen target."""

    def __init__(self, request: OperatorRequest, application: Application) -> None:
        self.request, self.application, self.spec = request, application, application.desired_spec()
        is_repeated = request.method == "POST" and "again" in request.POST
        bound = request.POST if request.method == "POST" and not is_repeated else None
        initial = request.POST.dict() if is_repeated else {}
        self.form = CopyForm(bound, user=request.user, application=application, typed=initial)
        chosen = self.form["target"].value()
        targets = targets_of(request.user)
        self.target: Target | None = targets.filter(pk=chosen).first() if str(chosen).isdecimal() else None
        self.taken = self._taken()
        result = proposed(self.spec, given_values(application), self.taken) if self.taken is not None else ()
        self.seen = bound is not None and bound.get("ports", "") == self._stand
        self.ports = PortsForm(bound if self.seen else None, result)
        self.held_up = bound is not None and not self.seen and any(port.held for port in result)

    def copied(self) -> HttpResponse | None:
        """On to what comes next; None where the form has to be shown (again)."""
        if self.held_up or not self.form.is_bound or not all([self.form.is_valid(), self._ports_are_valid()]):
            return None
        try:
            proposal = plan_copy(self.application, Actor.of(self.request.user), wanted=self._wanted())
        except Refused as refused:
            say_refusal(self.form, refused)
            return None
        return _on(self.request, proposal)

    def context(self) -> dict[str, object]:
        return {
            "form": self.form,
            "ports": self.ports,
            "stand": self._stand,
            "target": self.target,
            "held_up": self.held_up and not self.form.errors,
            "unheard": self.taken.unheard if self.taken is not None else "",
            "volumes": sorted(key for key, volume in self.spec.volumes.items() if not volume.external),
            "shared": shared_with(self.spec),
            "pending": self.application.target_id is not None and has_waiting(self.application),
        }

    @property
    def _stand(self) -> str:
        return str(self.target.pk) if self.target is not None else ""

    def _taken(self) -> Taken | None:
        """What others have there; the target is not asked where nothing is published."""
        published = any(any(component.ports.values()) for component in self.spec.components.values())
        return port_conflicts.taken_on(self.target) if self.target is not None and published else None

    def _ports_are_valid(self) -> bool:
        return not self.ports.is_bound or self.ports.is_valid()

    def _wanted(self) -> CopyWanted:
        data = self.form.cleaned_data
        ports = self.ports.ports() if self.ports.is_bound else {}
        return CopyWanted(
            data["team"], data["name"], data["target"], self.form.independent, self.form.new_secrets, ports
        )


def _on(request: OperatorRequest, proposal: Copy) -> HttpResponse:
    if proposal.record is not None:
        return redirect("upgrades:confirm", proposal.record.pk)
    if proposal.proposal is not None:
        messages.info(request, f"{proposal.application} is there. See below what it needs before it can be applied.")
        return redirect("upgrades:changes", proposal.application.slug)
    messages.success(request, f"{proposal.application} is a source of its own now.")
    return redirect(proposal.application)
