"""Shared flow of the details pages: plan, show questions, save answers, and go to the confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from apps_app.models import Application, ApplicationLock, Component
from apps_app.views.application_page import render_application_page
from config.accounts.access.actor import Actor
from config.errors import OperationRefused
from config.web import OperatorRequest, wants_fragment
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import PlanProposal, build_proposal
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.engine.inputs.planning_input import Answers, OperationKind
from upgrades_app.engine.planner import build_plan
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.forms.answers import parse_answers
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.messages import describe_message
from upgrades_app.presenters.plan_view import PlanView, build_plan_view, link_blockers, list_selectable_keys
from upgrades_app.presenters.preflight_panel import PreflightPanel, build_panel
from upgrades_app.queries.port_conflicts import load_plan_conflicts
from upgrades_app.views.confirm import render_dialog

STALE = "Plan is out of date. Review the changes and confirm again."
ACTIONS = {
    OperationKind.INSTALL: "install this",
    OperationKind.UPGRADE: "upgrade this",
    OperationKind.ROLLBACK: "roll it back",
    OperationKind.CHANGE: "apply these changes",
    OperationKind.UNINSTALL: "uninstall this",
}
PAGES = {
    OperationKind.UPGRADE: "details",
    OperationKind.ROLLBACK: "rollback",
    OperationKind.CHANGE: "changes",
    OperationKind.UNINSTALL: "uninstall",
}


@dataclass
class DetailsFlow:
    """The details page of one operation on an application."""

    request: OperatorRequest
    application: Application
    kind: OperationKind
    to_version: TemplateVersion | None
    template: str
    current: str

    def respond(self, context: Mapping[str, Any]) -> HttpResponse:
        """GET shows the plan; POST saves it, or shows the questions that are still open."""
        posted = self.request.method == "POST"
        validate = posted and "refresh" not in self.request.POST
        try:
            proposal = build_proposal(
                self.application, self.kind, self.to_version, self.read_answers() if posted else Answers()
            )
            was_shown = validate or "fingerprint" in self.request.POST
            is_stale = posted and was_shown and self.request.POST.get("fingerprint") != proposal.plan.fingerprint
            view = self.build_view(proposal, validate=validate)
            if validate and view.is_ready and not is_stale:
                return self.redirect_to_confirm(save_plan(proposal, Actor.from_user(self.request.user)))
        except OperationRefused as refused:
            return self.render({**context, "refused": refused})
        return self.render(
            {
                **context,
                "comparison": view,
                "stale_notice": STALE if is_stale else "",
                "error": describe_error(view) if validate and not is_stale else "",
                "panel": self.build_panel(proposal.plan, view),
                "others": [(describe_message(note), self.rows.get(note.path[1])) for note in view.pending_edits],
            }
        )

    def read_answers(self) -> Answers:
        spec = self.to_version.spec if self.to_version is not None else self.application.desired_spec()
        return parse_answers(self.request.POST, spec.parameters, self.rows.keys() | spec.components.keys())

    def build_view(self, proposal: PlanProposal, *, validate: bool) -> PlanView:
        """Build the plan view. For upgrades, component checkboxes come from the plan of all components."""
        if self.kind is not OperationKind.UPGRADE:
            return build_plan_view(proposal.plan, complain=validate)
        only = proposal.planning_input.answers.only
        plan = proposal.plan
        if only is not None:
            plan = build_plan(proposal.planning_input.with_answers(replace(proposal.planning_input.answers, only=None)))
        return build_plan_view(proposal.plan, tickable=list_selectable_keys(plan), used=only, complain=validate)

    def redirect_to_confirm(self, record: UpgradeRecord) -> HttpResponse:
        """Show the confirmation in a dialog for htmx requests, otherwise redirect to it."""
        if not wants_fragment(self.request):
            return redirect("upgrades:confirm", record.pk)
        response = render_dialog(self.request, record)
        response["HX-Retarget"] = "#dialog"
        response["HX-Reswap"] = "innerHTML"
        return response

    def render(self, context: Mapping[str, Any]) -> HttpResponse:
        busy = ApplicationLock.objects.active().filter(application=self.application).first()
        required_role = f"Operators of team {self.application.team.name} can {ACTIONS[self.kind]}."
        context = {
            "action": self.url,
            "busy": busy,
            "required_role": required_role,
            "posted": self.request.method == "POST",
            **context,
        }
        return render_application_page(
            self.request, self.application, self.template, context, current=self.current, fragment="comparison"
        )

    def build_panel(self, plan: Plan, view: PlanView) -> PreflightPanel:
        """Build the preflight panel; the page loads the checks of the target itself."""
        has_no_steps = plan.state in {PlanState.BLOCKED, PlanState.NOTHING_TO_DO}
        return build_panel(
            self.application,
            plan,
            load_plan_conflicts(self.application, plan),
            url="" if has_no_steps else self.preflight_url,
            back=self.url,
            requested=view.all_questions,
            blockers=link_blockers(plan, self.urls),
        )

    @property
    def url(self) -> str:
        """URL of the details page of this operation."""
        query = f"?{urlencode({'to': self.to_version.version})}" if self.to_version is not None else ""
        return f"{reverse(f'upgrades:{PAGES[self.kind]}', args=[self.application.slug])}{query}"

    @property
    def preflight_url(self) -> str:
        """URL that runs the preflight checks on the target."""
        if self.application.target is None:
            return ""
        query = {"kind": self.kind.value, **({"to": self.to_version.version} if self.to_version is not None else {})}
        return f"{reverse('upgrades:preflight', args=[self.application.slug])}?{urlencode(query)}"

    @cached_property
    def rows(self) -> Mapping[str, Component]:
        return {row.key: row for row in self.application.components.all()}

    @property
    def urls(self) -> Mapping[str, str]:
        return {
            key: f"{self.application.get_absolute_url()}components/{key}/"
            for key, row in self.rows.items()
            if row.desired is not None
        }


def describe_error(view: PlanView) -> str:
    """Return the error shown at the top of the page after a POST."""
    if view.open_questions:
        n = len(view.open_questions)
        return "1 question needs your answer." if n == 1 else f"{n} questions need your answer."
    return "This plan is invalid. Resolve the errors below." if view.is_blocked else ""
