"""Install a released version as a new application."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from apps_app.models import Target
from config.accounts.actor import Actor
from config.accounts.guards import fetch
from config.accounts.models import Role, Team
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.models import AppTemplate, TemplateVersion
from templates_app.spec.taken import Taken
from upgrades_app import neighbours
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.engine.situation import Kind
from upgrades_app.forms.install import InstallForm, field_name, sealed, targets_of
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import Status
from upgrades_app.views.panel import Panel, panel_of_form


@require_http_methods(["GET", "POST"])
def install(request: OperatorRequest, template: str) -> HttpResponse:
    """`?version=` names the version, else the newest final one. POST plans it, and leads to the confirm.

    `?plan=` names an install that was planned and not confirmed: what was typed for it stands in the form, and
    posting puts the new plan in its place. A post of `again` only shows the form for another target.
    """
    found = fetch(request, AppTemplate.objects.select_related("team"), slug=template)
    versions = list(found.versions.released().newest_first().defer("document"))
    version = _chosen(versions, request.GET.get("version", ""))
    context: dict[str, object] = {
        "template": found,
        "versions": versions,
        "version": version,
        "may_install": Actor.of(request.user).holds(Role.OPERATOR),
        "targets": targets_of(request.user).exists(),
    }
    if version is not None:
        page = _Page(request, found, version)
        if request.method == "POST" and (answer := page.planned()) is not None:
            return answer
        context |= page.context()
    return render_page(request, "upgrades_app/install.html", context, fragment="form")


class _Page:
    """The form of one version, with what the chosen target has to say to it."""

    def __init__(self, request: OperatorRequest, template: AppTemplate, version: TemplateVersion) -> None:
        self.request, self.template, self.version = request, template, version
        self.again = request.method == "POST" and "again" in request.POST
        bound = request.POST if request.method == "POST" and not self.again else None
        initial = self._typed() if self.again else self._initial()
        self.form = InstallForm(bound, user=request.user, spec=version.spec, initial=initial)
        if self.again:
            self.form.keep_secrets()
        self.proposed = False
        if not bound or (request.POST.get("ports") != request.POST.get("target") and self._may_propose):
            self._propose()

    def _typed(self) -> dict[str, str]:
        """What was posted; `again` may say that a parameter shall have a port that is free."""
        typed = {key: str(text) for key, text in self.request.POST.items()}
        name, is_taken, port = typed["again"].partition("=")
        return {**typed, f"value:{name}": port} if is_taken else typed

    def planned(self) -> HttpResponse | None:
        """On to the confirm; None where the form has to be shown (again)."""
        if self.again or self.proposed or not self.form.is_valid():
            return None
        target: Target = self.form.cleaned_data["target"]
        try:
            record = self._plan(target)
        except Refused as refused:
            self.form.add_error(None, refused.sentence)
            for part in refused.parts:
                self.form.place(part)
            return None
        return redirect("upgrades:confirm", record.pk)

    def context(self) -> dict[str, object]:
        query = {"version": self.version.version, "plan": str(self._earlier.pk) if self._earlier else ""}
        return {
            "form": self.form,
            "action": f"{self.request.path}?{urlencode({name: text for name, text in query.items() if text})}",
            "ports": self._target.pk if self._target else "",
            "held_up": self.proposed and self.form.is_bound and not self.form.errors,
            "panel": self._panel(),
            "may_edit": True,
        }

    def _plan(self, target: Target) -> UpgradeRecord:
        return plan_install(
            self.version,
            Actor.of(self.request.user),
            team=target.team,
            name=self.form.cleaned_data["name"],
            target=target,
            answers=self.form.answers(),
            instead_of=self._earlier,
        )

    def _initial(self) -> dict[str, object]:
        few = targets_of(self.request.user)[:2]
        start: dict[str, object] = {
            "name": f"{self.template.name} copy",
            "target": few[0].pk if len(few) == 1 else None,
        }
        if self._earlier is None or self._earlier.application is None:
            return start
        typed = self._earlier.choices.get("values", {})
        known = self.version.spec.parameters
        values = {field_name(name, known[name]): text for name, text in typed.items() if name in known}
        application = self._earlier.application
        return {"name": application.name, "target": application.target_id, **values}

    @cached_property
    def _earlier(self) -> UpgradeRecord | None:
        """The plan that this one takes the place of."""
        named = self.request.GET.get("plan", "")
        if not named.isdecimal() or len(named) > 18:
            return None
        planned = UpgradeRecord.objects.filter(
            team__in=Team.objects.with_role(self.request.user, Role.OPERATOR),
            status=Status.PLANNED,
            kind=Kind.INSTALL,
            to_version__template=self.template,
        )
        return planned.select_related("application").filter(pk=int(named)).first()

    @property
    def _may_propose(self) -> bool:
        """Not where a secret was typed: it would have to be typed again."""
        secrets = (field_name(name, one) for name, one in self.form.parameters.items() if sealed(one))
        return not any(self.request.POST.get(name) for name in secrets)

    @cached_property
    def _target(self) -> Target | None:
        chosen = self.form["target"].value()
        return targets_of(self.request.user).filter(pk=chosen).first() if str(chosen).isdecimal() else None

    @cached_property
    def _taken(self) -> Taken | None:
        return None if self._target is None else neighbours.taken_on(self._target)

    def _propose(self) -> None:
        """A free port in place of each taken one that a parameter decides."""
        if self._taken is None:
            return
        for one, held in neighbours.clashes(self.version.spec, self.form.set_values(), self._taken):
            free = self._taken.free(one.address.first, one.address.protocol)
            if one.parameter in self.form.parameters and free is not None:
                why = f"{one.address.first} is taken there by {held.by}; {free} is free."
                self.form.propose(one.parameter, str(free), why)
                self.proposed = True

    def _panel(self) -> Panel | None:
        """What is known before the target itself is asked about the plan."""
        if self._taken is None or self._target is None:
            return None
        spec, target = self.version.spec, self._target
        told = neighbours.told_clashes(spec, self.form.set_values(), self._taken, runs=target.runs, new=True)
        return panel_of_form(target, told, self.form.parameters)


def _chosen(versions: list[TemplateVersion], text: str) -> TemplateVersion | None:
    named = next((one for one in versions if one.version == text), None)
    final = next((one for one in versions if not one.prerelease), None)
    return named or final or next(iter(versions), None)
