"""Install a released version as a new application."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.access.guards import fetch
from config.accounts.models import Role, Team
from config.errors import Refused
from config.web import OperatorRequest, render_page
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_allocation import Taken
from templates_app.appspec.validation.port_remapping import Movable, literal_as, movable, moved
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.discard import takes_along
from upgrades_app.actions.plan_again import plan_again
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.forms.install import InstallForm, field_name, sealed, targets_of
from upgrades_app.forms.literal_ports import port_anchor, port_name
from upgrades_app.forms.ports import proposed
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import OPEN, Status
from upgrades_app.presenters.preflight_panel import Panel, PortField, panel_of_form
from upgrades_app.queries import port_conflicts


@require_http_methods(["GET", "POST"])
def install(request: OperatorRequest, template: str) -> HttpResponse:
    """`?version=` names the version, else the newest final one. POST plans it, and leads to the confirm.

    `?plan=` names an install that was planned and not confirmed, or did not end well: what was typed for it stands in
    the form, and posting puts the new plan in its place. A post of `again` only shows the form for another target.
    """
    result = fetch(request, AppTemplate.objects.select_related("team"), slug=template)
    versions = list(result.versions.released().newest_first().defer("document"))
    version = _chosen(versions, request.GET.get("version", ""))
    context: dict[str, object] = {
        "template": result,
        "versions": versions,
        "version": version,
        "may_install": Actor.of(request.user).holds(Role.OPERATOR),
        "targets": targets_of(request.user).exists(),
    }
    if version is not None:
        page = _Page(request, result, version)
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
        self.form = InstallForm(bound, user=request.user, spec=version.spec, kept=self._kept(), initial=initial)
        if self._there is not None:
            self.form.stay_with(self._there)
        if self.again:
            self.form.keep_secrets()
        self.proposed = False
        if not bound or (request.POST.get("ports") != request.POST.get("target") and self._may_propose):
            self._propose()

    def _typed(self) -> dict[str, str]:
        """What was posted; `again` may say that a field shall have a port that is free."""
        typed = {key: str(text) for key, text in self.request.POST.items()}
        name, separator, port = typed["again"].rpartition("=")
        return {**typed, name: port} if separator else typed

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
        by, name, answers = Actor.of(self.request.user), self.form.cleaned_data["name"], self.form.answers()
        if self._earlier is not None and self._there is not None:
            return plan_again(self._earlier, self.version, by, name=name, target=target, answers=answers)
        return plan_install(
            self.version, by, team=target.team, name=name, target=target, answers=answers, instead_of=self._earlier
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
        ports = {port_name(name): port for name, port in self._earlier.choices.get("ports", {}).items()}
        application = self._earlier.application
        return {"name": application.name, "target": application.target_id, **values, **ports}

    def _kept(self) -> dict[str, str]:
        """The secrets of the earlier plan, those that were made up for it among them."""
        provided = self._earlier.values_after_given.secrets if self._earlier is not None else {}
        known = self.version.spec.parameters
        return {name: text for name, text in provided.items() if name in known and not known[name].fixed}

    @cached_property
    def _earlier(self) -> UpgradeRecord | None:
        """The plan that this one takes the place of."""
        named = self.request.GET.get("plan", "")
        if not named.isdecimal() or len(named) > 18:
            return None
        installs = UpgradeRecord.objects.filter(
            team__in=Team.objects.with_role(self.request.user, Role.OPERATOR),
            kind=Kind.INSTALL,
            to_version__template=self.template,
            application__isnull=False,
        )
        related = installs.select_related("application__team", "application__installation")
        record = related.exclude(status__in=OPEN).filter(pk=int(named)).first()
        return record if record is not None and record.subject.waits_for_install else None

    @cached_property
    def _there(self) -> Application | None:
        """The application that stays the same: its install was begun before, or others of it are planned."""
        earlier = self._earlier
        if earlier is None or (earlier.status == Status.PLANNED and takes_along(earlier)):
            return None
        return earlier.application

    @property
    def _may_propose(self) -> bool:
        """Not where a secret was typed: it would have to be typed again."""
        secrets = (field_name(name, parameter) for name, parameter in self.form.parameters.items() if sealed(parameter))
        return not any(self.request.POST.get(name) for name in secrets)

    @cached_property
    def _target(self) -> Target | None:
        chosen = self.form["target"].value()
        return targets_of(self.request.user).filter(pk=chosen).first() if str(chosen).isdecimal() else None

    @cached_property
    def _taken(self) -> Taken | None:
        return (
            None
            if self._target is None
            else port_conflicts.taken_on(self._target, apart_from=self._earlier_application)
        )

    @property
    def _earlier_application(self) -> Application | None:
        return self._earlier.application if self._earlier is not None else None

    def _propose(self) -> None:
        """A free port in place of each taken one."""
        if self._taken is None:
            return
        for port in proposed(self._spec, self.form.set_values(), self._taken):
            field = self._field_of(port.movable)
            if field is not None and port.port != port.movable.address.first:
                self.form.propose(field.name, str(port.port), port.taken)
                self.proposed = True

    @property
    def _spec(self) -> AppSpec:
        """The version with the ports that stand in the form."""
        return moved(self.version.spec, {}, self.form.set_ports())[0]

    def _field_of(self, item: Movable) -> PortField | None:
        if item.parameter:
            known = item.parameter in self.form.parameters
            return PortField(f"value:{item.parameter}", f"id_value:{item.parameter}", item.parameter) if known else None
        port = literal_as(self.version.spec, self.form.set_ports()).get(item.id)
        of = f"the port of {item.component}"
        return PortField(port_name(port.id), port_anchor(port.id), of) if port is not None else None

    def _panel(self) -> Panel | None:
        """What is known before the target itself is asked about the plan."""
        if self._taken is None or self._target is None:
            return None
        spec, values, target = self._spec, self.form.set_values(), self._target
        conflicts = port_conflicts.told_clashes(spec, values, self._taken, runs=target.runs, new=True)
        fields = {port.address: self._field_of(port) for port in movable(spec, values)}
        return panel_of_form(target, conflicts, lambda clash: fields.get(clash.wanted.address))


def _chosen(versions: list[TemplateVersion], text: str) -> TemplateVersion | None:
    named = next((version for version in versions if version.version == text), None)
    final = next((version for version in versions if not version.prerelease), None)
    return named or final or next(iter(versions), None)
