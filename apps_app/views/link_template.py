from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.link_application import link_application as attach_now
from apps_app.forms.link import LinkForm, LinkVersionForm
from apps_app.models import Application
from apps_app.queries.link_proposal import (
    LinkChoices,
    LinkProposal,
    check_all_matched,
    describe_no_match,
    get_desired_side,
    propose_link,
)
from apps_app.queries.local_changes import build_comparison_groups
from apps_app.views.application_page import render_application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role, User
from config.errors import OperationRefused
from config.web import OperatorRequest, link_parameters, render_page
from templates_app.appspec.linking.link import find_shared_values
from templates_app.appspec.presentation.path_labels import describe_fault
from templates_app.appspec.presentation.published_view import render_published
from templates_app.appspec.presentation.text import join_names
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.models.template import AppTemplateQuerySet

CONFIRMED = "confirmed"


@require_http_methods(["GET", "POST"])
def link(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?template=` and `?version=` name the version. A post compares (again), asks, or does it."""
    application = get_visible_object(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    pick = LinkVersionForm(request.GET if "template" in request.GET else None, templates=_list_linkable(request.user))
    version = pick.cleaned_data.get("version") if pick.is_bound and pick.is_valid() else None
    context: dict[str, object] = {"pick": pick, "installation": application.get_installation()}
    if version is not None and application.get_installation() is None:
        page = _LinkPage(request, application, version)
        if request.method == "POST" and (answer := page.answer()) is not None:
            return answer
        context |= page.context()
    return render_application_page(request, application, "apps_app/attach.html", context, current="settings")


def _list_linkable(user: User) -> AppTemplateQuerySet:
    released = TemplateVersion.objects.released().filter(template=OuterRef("pk"))
    return AppTemplate.objects.visible_to(user).filter(Exists(released))


class _LinkPage:
    """The comparison with one version: as it is found, or as the form says."""

    def __init__(self, request: OperatorRequest, application: Application, version: TemplateVersion) -> None:
        self.request, self.application, self.version = request, application, version
        self.refused: OperationRefused | None = None
        self.found = self.proposal = self._proposal(LinkChoices())
        self.choices = LinkChoices()
        self.form = self._form(bound=request.method == "POST")
        if self.form.is_bound:
            self.proposal, self.refused = None, None
        if self.form.is_valid():
            self.choices = self.form.choices()
            self.proposal = self._proposal(self.choices)

    def answer(self) -> HttpResponse | None:
        """On to the confirm, or done; None where the comparison has to be shown (again)."""
        if self.proposal is None or "compare" in self.request.POST:
            return None
        try:
            check_all_matched(self.proposal)
        except OperationRefused as refused:
            self.refused = refused
            return None
        if CONFIRMED not in self.request.POST:
            return render_page(self.request, "shell/confirm_page.html", self._confirm(self.proposal), fragment="dialog")
        by = Actor.from_user(self.request.user)
        try:
            attach_now(
                self.application,
                by,
                version=self.version,
                choices=self.choices,
                observed=self.request.POST[CONFIRMED],
            )
        except OperationRefused as refused:
            self.refused = refused
            return None
        messages.success(
            self.request, f"{self.application} is linked to {self.version}. Nothing changed on the target."
        )
        return redirect(self.application)

    def context(self) -> dict[str, object]:
        form = self._shown()
        matches = {} if self.proposal is None else {match.template_key: match for match in self.proposal.matches}
        if self.proposal is not None:
            form.add_warning(self.proposal.linked.contradicting)
        images = {key: component.image for key, component in render_published(self.version.spec).components.items()}
        context: dict[str, object] = {"version": self.version, "form": form, "rows": form.rows(matches, images)}
        if self.refused is not None and not form.errors:
            context["problems"] = [link_parameters(self.refused), *map(describe_fault, self.refused.parts)]
        if self.proposal is not None:
            context |= {
                "proposal": self.proposal,
                "unmatched": describe_no_match(self.proposal),
                "groups": build_comparison_groups(*self.proposal.sides),
                "known": join_names(list(self.proposal.adopted_values)),
            }
        return context

    def _proposal(self, choices: LinkChoices) -> LinkProposal | None:
        try:
            return propose_link(self.application, self.version, choices)
        except OperationRefused as refused:
            self.refused = refused
            return None

    def _form(self, *, bound: bool, initial: dict[str, Any] | None = None) -> LinkForm:
        proposal = self.found
        return LinkForm(
            self.request.POST if bound else None,
            version=self.version,
            keys=sorted(self.application.desired_spec().components),
            matches={} if proposal is None else {match.template_key: match for match in proposal.matches},
            held=find_shared_values(self.version.spec, get_desired_side(self.application)),
            inferred={} if proposal is None else proposal.linked.inferred,
            initial=initial,
        )

    def _shown(self) -> LinkForm:
        """What was typed as long as it is wrong; else a fresh form with what came of it."""
        if self.proposal is None or not self.form.is_bound or not self.form.is_valid():
            return self.form
        repeated = self.form.needs_review(self.choices, self.proposal.matches, self.proposal.linked.inferred)
        return self._form(bound=False, initial=repeated)

    def _confirm(self, proposal: LinkProposal) -> dict[str, object]:
        posted = {name: text for name, text in self.request.POST.items() if name != "csrfmiddlewaretoken"}
        address = self.request.get_full_path()
        return {
            "title": f"Link {self.application} to {self.version}?",
            "text": "This only records the template version. Nothing changes on the target.",
            "happens": list(_describe_effects(proposal)),
            "hidden": {**posted, CONFIRMED: proposal.digest},
            "submit": "Attach",
            "action": address,
            "cancel_url": address,
        }


def _describe_effects(proposal: LinkProposal) -> Iterator[str]:
    """What will be, in sentences."""
    template = proposal.version.template
    matched = len(proposal.matches) - len(proposal.missing_components)
    if not matched:
        yield describe_no_match(proposal)
    yield f"{matched} of its components {'is' if matched == 1 else 'are'} of {template}."
    if matched:
        yield _list_different(proposal.changes)
    if proposal.own_components:
        yield f"{join_names(proposal.own_components)} stay{'s' if len(proposal.own_components) == 1 else ''} managed by the application."
    left_out = [key for key in proposal.missing_components if key in proposal.choices.left_out]
    offered = [key for key in proposal.missing_components if key not in left_out]
    if offered:
        yield f"{join_names(offered)} {'is' if len(offered) == 1 else 'are'} offered with the next upgrade."
    if left_out:
        yield f"{join_names(left_out)} {'is' if len(left_out) == 1 else 'are'} never installed."
    yield f"Later versions of {template} are offered as upgrades."


def _list_different(places: int) -> str:
    if not places:
        return "No differences from the version."
    return (
        "1 difference is kept as a local change."
        if places == 1
        else (f"{places} differences are kept as local changes.")
    )
