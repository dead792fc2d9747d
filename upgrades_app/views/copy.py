from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.copy_application import CopyRequest, list_shared_names
from apps_app.drivers.issues import Holder
from apps_app.models import Application, Target
from apps_app.queries.pending_changes import has_pending_changes
from apps_app.queries.rendered_spec import get_set_values
from apps_app.views.application_page import render_application_page, show_refusal
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role
from config.errors import OperationRefused
from config.web import OperatorRequest
from templates_app.appspec.validation.port_allocation import PortAllocation
from upgrades_app.actions.plan_copy import CopyProposal, plan_copy
from upgrades_app.forms.copy import CopyForm
from upgrades_app.forms.install import list_install_targets
from upgrades_app.forms.ports import PortsForm, propose_ports
from upgrades_app.queries import port_conflicts


@require_http_methods(["GET", "POST"])
def copy(request: OperatorRequest, slug: str) -> HttpResponse:
    """Copy an application. POST creates the copy and redirects to the confirmation of its plan.

    A POST with `refresh`, or for another target than the displayed ports belong to, only updates the form.
    """
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    page = _CopyPage(request, application)
    if request.method == "POST" and (answer := page.copy()) is not None:
        return answer
    return render_application_page(
        request, application, "upgrades_app/copy.html", page.context(), current="settings", fragment="form"
    )


class _CopyPage:
    """The copy form with suggested ports for the chosen target."""

    def __init__(self, request: OperatorRequest, application: Application) -> None:
        self.request, self.application, self.spec = request, application, application.desired_spec()
        is_refresh = request.method == "POST" and "refresh" in request.POST
        bound = request.POST if request.method == "POST" and not is_refresh else None
        initial = request.POST.dict() if is_refresh else {}
        self.form = CopyForm(bound, user=request.user, application=application, typed=initial)
        chosen = self.form["target"].value()
        targets = list_install_targets(request.user)
        self.target: Target | None = targets.filter(pk=chosen).first() if str(chosen).isdecimal() else None
        self.allocation = self._get_allocation()
        proposals = (
            propose_ports(self.spec, get_set_values(application), self.allocation)
            if self.allocation is not None
            else ()
        )
        self.shows_ports = bound is not None and bound.get("ports", "") == self._port_target
        self.ports = PortsForm(bound if self.shows_ports else None, proposals)
        self.has_port_conflict = bound is not None and not self.shows_ports and any(port.holder for port in proposals)

    def copy(self) -> HttpResponse | None:
        """Create the copy; return None if the form has to be shown again."""
        if self.has_port_conflict or not self.form.is_bound or not all([self.form.is_valid(), self._ports_are_valid()]):
            return None
        try:
            proposal = plan_copy(
                self.application, Actor.from_user(self.request.user), copy_request=self._build_request()
            )
        except OperationRefused as refused:
            show_refusal(self.form, refused)
            return None
        return _redirect(self.request, proposal)

    def context(self) -> dict[str, object]:
        return {
            "form": self.form,
            "ports": self.ports,
            "port_target": self._port_target,
            "target": self.target,
            "has_port_conflict": self.has_port_conflict and not self.form.errors,
            "unreachable_notice": self.allocation.incomplete_reason if self.allocation is not None else "",
            "volumes": sorted(key for key, volume in self.spec.volumes.items() if not volume.external),
            "shared": list_shared_names(self.spec),
            "pending": self.application.target_id is not None and has_pending_changes(self.application),
        }

    @property
    def _port_target(self) -> str:
        return str(self.target.pk) if self.target is not None else ""

    def _get_allocation(self) -> PortAllocation[Holder] | None:
        """Load the ports in use; the target is not contacted if no port is published."""
        published = any(any(component.ports.values()) for component in self.spec.components.values())
        return port_conflicts.load_port_allocation(self.target) if self.target is not None and published else None

    def _ports_are_valid(self) -> bool:
        return not self.ports.is_bound or self.ports.is_valid()

    def _build_request(self) -> CopyRequest:
        data = self.form.cleaned_data
        ports = self.ports.get_ports() if self.ports.is_bound else {}
        return CopyRequest(
            data["team"], data["name"], data["target"], self.form.independent, self.form.new_secrets, ports
        )


def _redirect(request: OperatorRequest, proposal: CopyProposal) -> HttpResponse:
    if proposal.record is not None:
        return redirect("upgrades:confirm", proposal.record.pk)
    if proposal.proposal is not None:
        messages.info(request, f"{proposal.application} created. Answer the questions below to apply it.")
        return redirect("upgrades:changes", proposal.application.slug)
    messages.success(request, f"{proposal.application} created.")
    return redirect(proposal.application)
