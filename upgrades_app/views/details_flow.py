"""What the details pages share: propose, lay out, take the answers, store, and lead to the confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from apps_app.models import Application, Busy, Component
from apps_app.views.application_page import application_page
from config.accounts.access.actor import Actor
from config.errors import Refused
from config.web import OperatorRequest, wants_fragment
from templates_app.models import TemplateVersion
from upgrades_app.actions.build_plan import Proposal, propose
from upgrades_app.actions.save_plan import store
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planner import make_plan
from upgrades_app.engine.planning.plan import Plan, PlanState
from upgrades_app.forms.answers import read_answers
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.plan_view import Sheet, lay_out, links_of, tickable_keys
from upgrades_app.presenters.preflight_panel import Panel, panel_of
from upgrades_app.queries.port_conflicts import clashes_of
from upgrades_app.views.confirm import dialog_of

MOVED = "Something changed since you opened this page. This is how it stands now; look at it again."
DO = {
    Kind.INSTALL: "install this",
    Kind.UPGRADE: "upgrade this",
    Kind.ROLLBACK: "go back",
    Kind.CHANGE: "apply these changes",
    Kind.UNINSTALL: "uninstall this",
}
PAGES = {Kind.UPGRADE: "details", Kind.ROLLBACK: "rollback", Kind.CHANGE: "changes", Kind.UNINSTALL: "uninstall"}


@dataclass
class Road:
    """One details page: of an application, for one kind of the road."""

    request: OperatorRequest
    application: Application
    kind: Kind
    to: TemplateVersion | None
    template: str
    current: str

    def answer(self, context: Mapping[str, Any]) -> HttpResponse:
        """GET computes and shows; POST stores where everything is answered, and shows what is missing where not."""
        posted = self.request.method == "POST"
        complain = posted and "again" not in self.request.POST
        try:
            proposal = propose(self.application, self.kind, self.to, self.answers() if posted else Answers())
            shown = complain or "fingerprint" in self.request.POST
            moved = posted and shown and self.request.POST.get("fingerprint") != proposal.plan.fingerprint
            sheet = self.sheet(proposal, complain=complain)
            if complain and sheet.ready and not moved:
                return self.stored(store(proposal, Actor.of(self.request.user)))
        except Refused as refused:
            return self.page({**context, "refused": refused})
        return self.page(
            {
                **context,
                "sheet": sheet,
                "moved": MOVED if moved else "",
                "complaint": complaint(sheet) if complain and not moved else "",
                "panel": self.panel(proposal.plan, sheet),
                "others": [(note, self.rows.get(note.path[1])) for note in sheet.others],
            }
        )

    def answers(self) -> Answers:
        spec = self.to.spec if self.to is not None else self.application.desired_spec()
        return read_answers(self.request.POST, spec.parameters, self.rows.keys() | spec.components.keys())

    def sheet(self, proposal: Proposal, *, complain: bool) -> Sheet:
        """With tick boxes for an upgrade of several components: what could be left behind is told by the whole plan."""
        if self.kind is not Kind.UPGRADE:
            return lay_out(proposal.plan, complain=complain)
        only = proposal.situation.answers.only
        plan = proposal.plan
        if only is not None:
            plan = make_plan(proposal.situation.answered(replace(proposal.situation.answers, only=None)))
        return lay_out(proposal.plan, tickable=tickable_keys(plan), taken=only, complain=complain)

    def stored(self, record: UpgradeRecord) -> HttpResponse:
        """On to the confirm: in the dialog over this page, or a page of its own."""
        if not wants_fragment(self.request):
            return redirect("upgrades:confirm", record.pk)
        response = dialog_of(self.request, record)
        response["HX-Retarget"] = "#dialog"
        response["HX-Reswap"] = "innerHTML"
        return response

    def page(self, context: Mapping[str, Any]) -> HttpResponse:
        busy = Busy.objects.at_work().filter(application=self.application).first()
        who = f"Operators of team {self.application.team.name} can {DO[self.kind]}."
        context = {
            "action": self.url,
            "busy": busy,
            "who_may": who,
            "posted": self.request.method == "POST",
            **context,
        }
        return application_page(
            self.request, self.application, self.template, context, current=self.current, fragment="sheet"
        )

    def panel(self, plan: Plan, sheet: Sheet) -> Panel:
        """The target itself is asked from the page, where there is something to ask it."""
        idle = plan.state in {PlanState.BLOCKED, PlanState.NOTHING_TO_DO}
        return panel_of(
            self.application,
            plan,
            clashes_of(self.application, plan),
            url="" if idle else self.preflight_url,
            back=self.url,
            asked=sheet.everything_asked,
            blockers=links_of(plan, self.urls),
        )

    @property
    def url(self) -> str:
        """Of the details page of this kind, wherever it is asked from."""
        named = f"?{urlencode({'to': self.to.version})}" if self.to is not None else ""
        return f"{reverse(f'upgrades:{PAGES[self.kind]}', args=[self.application.slug])}{named}"

    @property
    def preflight_url(self) -> str:
        """Where the target's own objections and warnings are had."""
        if self.application.target is None:
            return ""
        named = {"kind": self.kind.value, **({"to": self.to.version} if self.to is not None else {})}
        return f"{reverse('upgrades:preflight', args=[self.application.slug])}?{urlencode(named)}"

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


def complaint(sheet: Sheet) -> str:
    """What keeps this from going on, for the top of the page after a post."""
    if sheet.open:
        n = len(sheet.open)
        return "One question needs your answer." if n == 1 else f"{n} questions need your answer."
    return "This cannot go on as it is: see below what does not hold together." if sheet.blocked else ""
