"""Declaring an application an installation: choose the version, look at what it makes of it, confirm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps_app.actions.link_application import attach as attach_now
from apps_app.forms.link import AttachForm, VersionForm
from apps_app.models import Application
from apps_app.queries.link_proposal import (
    Choices,
    Proposal,
    desired_side,
    nothing_matches,
    propose_attachment,
    refuse_unmatched,
)
from apps_app.queries.local_changes import comparison_lines
from apps_app.views.application_page import application_page
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role, User
from config.errors import Refused
from config.web import OperatorRequest, linked, render_page
from templates_app.appspec.linking.link import shared_values
from templates_app.appspec.presentation.path_labels import said
from templates_app.appspec.presentation.published_view import as_published
from templates_app.appspec.presentation.text import listed
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.models.template import AppTemplateQuerySet

CONFIRMED = "confirmed"


@require_http_methods(["GET", "POST"])
def attach(request: OperatorRequest, slug: str) -> HttpResponse:
    """`?template=` and `?version=` name the version. A post compares (again), asks, or does it."""
    application = fetch(request, Application.objects.with_installation(), role=Role.OPERATOR, slug=slug)
    pick = VersionForm(request.GET if "template" in request.GET else None, templates=_attachable(request.user))
    version = pick.cleaned_data.get("version") if pick.is_bound and pick.is_valid() else None
    context: dict[str, object] = {"pick": pick, "installation": application.installed()}
    if version is not None and application.installed() is None:
        page = _Page(request, application, version)
        if request.method == "POST" and (answer := page.answer()) is not None:
            return answer
        context |= page.context()
    return application_page(request, application, "apps_app/attach.html", context, current="settings")


def _attachable(user: User) -> AppTemplateQuerySet:
    released = TemplateVersion.objects.released().filter(template=OuterRef("pk"))
    return AppTemplate.objects.visible_to(user).filter(Exists(released))


class _Page:
    """The comparison with one version: as it is found, or as the form says."""

    def __init__(self, request: OperatorRequest, application: Application, version: TemplateVersion) -> None:
        self.request, self.application, self.version = request, application, version
        self.refused: Refused | None = None
        self.found = self.proposal = self._proposal(Choices())
        self.choices = Choices()
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
            refuse_unmatched(self.proposal)
        except Refused as refused:
            self.refused = refused
            return None
        if CONFIRMED not in self.request.POST:
            return render_page(self.request, "shell/confirm_page.html", self._confirm(self.proposal), fragment="dialog")
        by = Actor.of(self.request.user)
        try:
            attach_now(
                self.application,
                by,
                version=self.version,
                choices=self.choices,
                seen=self.request.POST[CONFIRMED],
            )
        except Refused as refused:
            self.refused = refused
            return None
        messages.success(
            self.request, f"{self.application} is {self.version} from now on. Nothing on its target changed."
        )
        return redirect(self.application)

    def context(self) -> dict[str, object]:
        form = self._shown()
        matches = {} if self.proposal is None else {match.template_key: match for match in self.proposal.matches}
        if self.proposal is not None:
            form.warn(self.proposal.attached.contradicting)
        images = {key: component.image for key, component in as_published(self.version.spec).components.items()}
        context: dict[str, object] = {"version": self.version, "form": form, "rows": form.rows(matches, images)}
        if self.refused is not None and not form.errors:
            context["problems"] = [linked(self.refused), *map(said, self.refused.parts)]
        if self.proposal is not None:
            context |= {
                "proposal": self.proposal,
                "unmatched": nothing_matches(self.proposal),
                "groups": comparison_lines(*self.proposal.sides),
                "known": listed(list(self.proposal.taken_over)),
            }
        return context

    def _proposal(self, choices: Choices) -> Proposal | None:
        try:
            return propose_attachment(self.application, self.version, choices)
        except Refused as refused:
            self.refused = refused
            return None

    def _form(self, *, bound: bool, initial: dict[str, Any] | None = None) -> AttachForm:
        proposal = self.found
        return AttachForm(
            self.request.POST if bound else None,
            version=self.version,
            keys=sorted(self.application.desired_spec().components),
            matches={} if proposal is None else {match.template_key: match for match in proposal.matches},
            held=shared_values(self.version.spec, desired_side(self.application)),
            inferred={} if proposal is None else proposal.attached.inferred,
            initial=initial,
        )

    def _shown(self) -> AttachForm:
        """What was typed as long as it is wrong; else a fresh form with what came of it."""
        if self.proposal is None or not self.form.is_bound or not self.form.is_valid():
            return self.form
        repeated = self.form.again(self.choices, self.proposal.matches, self.proposal.attached.inferred)
        return self._form(bound=False, initial=repeated)

    def _confirm(self, proposal: Proposal) -> dict[str, object]:
        posted = {name: text for name, text in self.request.POST.items() if name != "csrfmiddlewaretoken"}
        address = self.request.get_full_path()
        return {
            "title": f"Attach {self.application} to {self.version}?",
            "text": "Nothing on the target changes. It is only declared where this application comes from.",
            "happens": list(_happens(proposal)),
            "hidden": {**posted, CONFIRMED: proposal.digest},
            "submit": "Attach",
            "action": address,
            "cancel_url": address,
        }


def _happens(proposal: Proposal) -> Iterator[str]:
    """What will be, in sentences."""
    template = proposal.version.template
    matched = len(proposal.matches) - len(proposal.missing)
    if not matched:
        yield nothing_matches(proposal)
    yield f"{matched} of its components {'is' if matched == 1 else 'are'} of {template} from now on."
    if matched:
        yield _differing(proposal.changes)
    if proposal.own:
        yield f"{listed(proposal.own)} stay{'s' if len(proposal.own) == 1 else ''} its own."
    left_out = [key for key in proposal.missing if key in proposal.choices.left_out]
    offered = [key for key in proposal.missing if key not in left_out]
    if offered:
        yield f"{listed(offered)} {'is' if len(offered) == 1 else 'are'} offered with the next upgrade."
    if left_out:
        yield f"{listed(left_out)} {'is' if len(left_out) == 1 else 'are'} left out for good."
    yield f"Later versions of {template} are offered to it like to any other installation."


def _differing(places: int) -> str:
    if not places:
        return "Nothing differs from the version."
    return (
        "1 place differs, and is kept as a local change."
        if places == 1
        else (f"{places} places differ, and are kept as local changes.")
    )
