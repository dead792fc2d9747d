from __future__ import annotations

from functools import cached_property

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from apps_app.drivers.issues import Holder
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.access.guards import get_visible_object
from config.accounts.models import Role, Team
from config.errors import OperationRefused
from config.web import OperatorRequest, render_page
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_allocation import PortAllocation
from templates_app.appspec.validation.port_remapping import (
    RemappablePort,
    list_remappable_ports,
    remap_ports,
    replace_literal_port,
)
from templates_app.models import AppTemplate, TemplateVersion
from upgrades_app.actions.discard import deletes_application
from upgrades_app.actions.plan_again import replan_install
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.forms.install import InstallForm, build_field_name, is_sealed, list_install_targets
from upgrades_app.forms.literal_ports import get_port_field_id, get_port_field_name
from upgrades_app.forms.ports import propose_ports
from upgrades_app.models import UpgradeRecord
from upgrades_app.models.record import OPEN, Status
from upgrades_app.presenters.preflight_panel import PortField, PreflightPanel, build_form_panel
from upgrades_app.queries import port_conflicts


@require_http_methods(["GET", "POST"])
def install(request: OperatorRequest, template: str) -> HttpResponse:
    """Install a version (`?version=`, default: newest final). POST plans it and redirects to the confirmation.

    `?plan=` is an unfinished install to replace; its input fills the form. A POST with `refresh` only updates the form.
    """
    result = get_visible_object(request, AppTemplate.objects.select_related("team"), slug=template)
    versions = list(result.versions.released().newest_first().defer("document"))
    version = _get_selected_version(versions, request.GET.get("version", ""))
    context: dict[str, object] = {
        "template": result,
        "versions": versions,
        "version": version,
        "may_install": Actor.from_user(request.user).has_any_role(Role.OPERATOR),
        "targets": list_install_targets(request.user).exists(),
    }
    if version is not None:
        page = _InstallPage(request, result, version)
        if request.method == "POST" and (answer := page.save_plan()) is not None:
            return answer
        context |= page.context()
    return render_page(request, "upgrades_app/install.html", context, fragment="form")


class _InstallPage:
    """The install form of a version, with port suggestions for the chosen target."""

    def __init__(self, request: OperatorRequest, template: AppTemplate, version: TemplateVersion) -> None:
        self.request, self.template, self.version = request, template, version
        self.is_refresh = request.method == "POST" and "refresh" in request.POST
        bound = request.POST if request.method == "POST" and not self.is_refresh else None
        initial = self._read_form() if self.is_refresh else self._build_initial()
        self.form = InstallForm(
            bound, user=request.user, spec=version.spec, saved_secrets=self._load_saved_secrets(), initial=initial
        )
        if self._existing is not None:
            self.form.restrict_target(self._existing)
        if self.is_refresh:
            self.form.preserve_secret_fields()
        self.has_suggestions = False
        if not bound or (request.POST.get("ports") != request.POST.get("target") and self._can_suggest):
            self._suggest_ports()

    def _read_form(self) -> dict[str, str]:
        """Return the posted input; `refresh` may set a suggested port."""
        typed = {key: str(text) for key, text in self.request.POST.items()}
        name, is_taken, port = typed["refresh"].rpartition("=")
        return {**typed, name: port} if is_taken else typed

    def save_plan(self) -> HttpResponse | None:
        """Plan the install; return None if the form has to be shown again."""
        if self.is_refresh or self.has_suggestions or not self.form.is_valid():
            return None
        target: Target = self.form.cleaned_data["target"]
        try:
            record = self._build_plan(target)
        except OperationRefused as refused:
            self.form.add_error(None, refused.sentence)
            for part in refused.parts:
                self.form.add_fault(part)
            return None
        return redirect("upgrades:confirm", record.pk)

    def context(self) -> dict[str, object]:
        query = {
            "version": self.version.version,
            "plan": str(self._earlier.pk) if self._earlier else "",
        }
        return {
            "form": self.form,
            "action": f"{self.request.path}?{urlencode({name: text for name, text in query.items() if text})}",
            "ports": self._target.pk if self._target else "",
            "has_port_conflict": self.has_suggestions and self.form.is_bound and not self.form.errors,
            "panel": self._build_panel(),
            "may_edit": True,
        }

    def _build_plan(self, target: Target) -> UpgradeRecord:
        by, name, answers = Actor.from_user(self.request.user), self.form.cleaned_data["name"], self.form.get_answers()
        if self._earlier is not None and self._existing is not None:
            return replan_install(self._earlier, self.version, by, name=name, target=target, answers=answers)
        return plan_install(
            self.version,
            by,
            team=target.team,
            name=name,
            target=target,
            answers=answers,
            replaces=self._earlier,
        )

    def _build_initial(self) -> dict[str, object]:
        targets = list_install_targets(self.request.user)[:2]
        start: dict[str, object] = {
            "name": f"{self.template.name} copy",
            "target": targets[0].pk if len(targets) == 1 else None,
        }
        if self._earlier is None or self._earlier.application is None:
            return start
        typed = self._earlier.choices.get("values", {})
        known = self.version.spec.parameters
        values = {build_field_name(name, known[name]): text for name, text in typed.items() if name in known}
        ports = {get_port_field_name(name): port for name, port in self._earlier.choices.get("ports", {}).items()}
        application = self._earlier.application
        return {"name": application.name, "target": application.target_id, **values, **ports}

    def _load_saved_secrets(self) -> dict[str, str]:
        """Return the secrets of the earlier plan, including generated ones."""
        provided = self._earlier.value_snapshot_after.secrets if self._earlier is not None else {}
        known = self.version.spec.parameters
        return {name: text for name, text in provided.items() if name in known and not known[name].fixed}

    @cached_property
    def _earlier(self) -> UpgradeRecord | None:
        """The earlier plan that this one replaces."""
        named = self.request.GET.get("plan", "")
        if not named.isdecimal() or len(named) > 18:
            return None
        installs = UpgradeRecord.objects.filter(
            team__in=Team.objects.with_role(self.request.user, Role.OPERATOR),
            kind=OperationKind.INSTALL,
            to_version__template=self.template,
            application__isnull=False,
        )
        related = installs.select_related("application__team", "application__installation")
        record = related.exclude(status__in=OPEN).filter(pk=int(named)).first()
        return record if record is not None and record.subject.is_install_pending else None

    @cached_property
    def _existing(self) -> Application | None:
        """The existing application of an unfinished install that must be kept."""
        earlier = self._earlier
        if earlier is None or (earlier.status == Status.PLANNED and deletes_application(earlier)):
            return None
        return earlier.application

    @property
    def _can_suggest(self) -> bool:
        """Whether suggestions are possible: not if a secret was typed, which would be lost."""
        secrets = (
            build_field_name(name, parameter)
            for name, parameter in self.form.parameters.items()
            if is_sealed(parameter)
        )
        return not any(self.request.POST.get(name) for name in secrets)

    @cached_property
    def _target(self) -> Target | None:
        chosen = self.form["target"].value()
        return list_install_targets(self.request.user).filter(pk=chosen).first() if str(chosen).isdecimal() else None

    @cached_property
    def _allocation(self) -> PortAllocation[Holder] | None:
        return (
            None
            if self._target is None
            else port_conflicts.load_port_allocation(self._target, exclude=self._earlier_application)
        )

    @property
    def _earlier_application(self) -> Application | None:
        return self._earlier.application if self._earlier is not None else None

    def _suggest_ports(self) -> None:
        """Suggest an available port for each port in use."""
        if self._allocation is None:
            return
        for port in propose_ports(self._spec, self.form.get_values(), self._allocation):
            field = self._find_field(port.remappable)
            if field is not None and port.port != port.remappable.address.first:
                self.form.suggest_value(field.name, str(port.port), port.conflict)
                self.has_suggestions = True

    @property
    def _spec(self) -> AppSpec:
        """The version's spec with the ports of the form."""
        return remap_ports(self.version.spec, {}, self.form.get_ports())[0]

    def _find_field(self, item: RemappablePort) -> PortField | None:
        if item.parameter:
            known = item.parameter in self.form.parameters
            return PortField(f"value:{item.parameter}", f"id_value:{item.parameter}", item.parameter) if known else None
        port = replace_literal_port(self.version.spec, self.form.get_ports()).get(item.id)
        of = f"the port of {item.component}"
        return PortField(get_port_field_name(port.id), get_port_field_id(port.id), of) if port is not None else None

    def _build_panel(self) -> PreflightPanel | None:
        """Build the preflight panel from what is known before the target is contacted."""
        if self._allocation is None or self._target is None:
            return None
        spec, values, target = self._spec, self.form.get_values(), self._target
        conflicts = port_conflicts.build_port_conflicts(
            spec, values, self._allocation, starts_containers=target.starts_containers, is_new=True
        )
        fields = {port.address: self._find_field(port) for port in list_remappable_ports(spec, values)}
        return build_form_panel(target, conflicts, lambda conflict: fields.get(conflict.requested.address))


def _get_selected_version(versions: list[TemplateVersion], text: str) -> TemplateVersion | None:
    named = next((version for version in versions if version.version == text), None)
    final = next((version for version in versions if not version.prerelease), None)
    return named or final or next(iter(versions), None)
