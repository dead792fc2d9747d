"""The preflight panel of a plan: its blockers, the issues of the target, and port conflicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode

from apps_app.drivers.issues import PreflightIssue
from apps_app.models import Application, Target
from apps_app.presenters.preflight_messages import describe_holder, describe_issue
from templates_app.appspec.validation.port_remapping import RemappablePort
from templates_app.appspec.validation.ports import PublishedPort
from upgrades_app.engine.execution.preflight import PreflightResult
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.engine.planning.port_overrides import get_version_port
from upgrades_app.forms.literal_ports import get_port_field_id, get_port_field_name
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.question_view import QuestionView
from upgrades_app.queries.port_conflicts import PortConflict, PortConflicts, load_plan_conflicts, load_remappable_ports

SEE = "Show"
THIS = {
    OperationKind.INSTALL: "the install",
    OperationKind.UPGRADE: "the upgrade",
    OperationKind.ROLLBACK: "the rollback",
    OperationKind.CHANGE: "the change",
    OperationKind.UNINSTALL: "the uninstall",
}


@dataclass(frozen=True, slots=True)
class PortSuggestion:
    """A free port, and what is posted to have it: to `action`, or within the form around it where there is none.

    An `answer` belongs to the questions of the plan: it is posted with them where they are on the same page.
    """

    port: int
    name: str
    value: str
    action: str = ""
    answer: bool = False


@dataclass(frozen=True, slots=True)
class PanelIssue:
    """An issue in words, with the page that fixes it and a free port to use instead."""

    text: str
    url: str = ""
    link: str = SEE
    suggestion: PortSuggestion | None = None
    issue: PreflightIssue | None = None

    @property
    def is_fixable(self) -> bool:
        """Whether the link leads to a form."""
        return self.link != SEE


@dataclass(frozen=True, slots=True)
class PreflightPanel:
    """`is_checked`: the target was checked. `url` runs the checks; `next` is the page to return to after a port change."""

    target: str
    operation: str
    blocks: tuple[PanelIssue, ...] = ()
    warnings: tuple[PanelIssue, ...] = ()
    is_checked: bool = False
    url: str = ""
    next: str = ""
    assumption: str = ""

    @property
    def has_passed(self) -> bool:
        return self.is_checked and not self.blocks and not self.warnings

    @property
    def note(self) -> str:
        """Return what the results mean for the operation."""
        if self.is_checked and self.blocks:
            return f"{self.operation.capitalize()} cannot start until this is resolved. No changes will be made."
        if self.is_checked:
            return "Warnings do not block the confirm."
        if self.url:
            return f"{self.target} is checked before the first step."
        return self.assumption

    def with_result(self, preflight_result: PreflightResult) -> PreflightPanel:
        """Return the panel with the results of the target's checks; a port conflict is shown once."""
        errors, warnings = preflight_result.errors, preflight_result.warnings
        known = [issue for issue in self.warnings if not any(_is_same_port(issue, error) for error in errors)]
        blocks = tuple(map(self._merge, errors))
        added = tuple(PanelIssue(describe_issue(warning), issue=warning) for warning in warnings)
        return replace(self, blocks=(*self.blocks, *blocks), warnings=(*known, *added), is_checked=True)

    def _merge(self, error: PreflightIssue) -> PanelIssue:
        """Return an error with the link and the free port of the conflict that was known before."""
        known = next((issue for issue in self.warnings if _is_same_port(issue, error)), None)
        text = describe_issue(error)
        return PanelIssue(text, issue=error) if known is None else replace(known, text=text, issue=error)


def build_panel(
    application: Application,
    plan: Plan,
    conflicts: PortConflicts,
    *,
    url: str = "",
    back: str = "",
    requested: Iterable[QuestionView] = (),
    blockers: Iterable[tuple[str, str]] = (),
) -> PreflightPanel:
    """`back`: where the plan is made again. `asked` are the questions on the same page."""
    fixes = _PortFixes(
        application,
        plan,
        back,
        {question.question.path[-1]: question.id for question in requested if _is_value_question(question)},
    )
    warnings = [fixes.build_issue(conflict) for conflict in conflicts.conflicts]
    return PreflightPanel(
        target=str(application.target),
        operation=THIS[plan.kind],
        blocks=tuple(PanelIssue(text, at) for text, at in blockers),
        warnings=(*warnings, *([PanelIssue(conflicts.unreachable_notice)] if conflicts.unreachable_notice else [])),
        url=url,
        next=back,
    )


def build_record_panel(record: UpgradeRecord, *, back: str = "") -> PreflightPanel:
    """Of a plan that waits to be confirmed."""
    application = record.subject
    url = reverse("upgrades:record-preflight", args=[record.pk]) if application.target is not None else ""
    if not record.is_readable:
        return PreflightPanel(str(application.target), THIS[OperationKind(record.kind)], url=url)
    plan = record.stored_plan
    return build_panel(application, plan, load_plan_conflicts(application, plan), url=url, back=back)


@dataclass(frozen=True, slots=True)
class PortField:
    """Where a form around the panel has a port: the field's name, its id on the page, and what it is the port of."""

    name: str
    anchor: str
    of: str


def build_form_panel(
    target: Target, conflicts: PortConflicts, field_of: Callable[[PortConflict], PortField | None]
) -> PreflightPanel:
    """Of an install that is not planned yet: of its ports, with the free ones to be taken in the form around it."""
    result = [_build_form_issue(conflict, field_of(conflict)) for conflict in conflicts.conflicts]
    unheard = [PanelIssue(conflicts.unreachable_notice)] if conflicts.unreachable_notice else []
    other = "other " if result else ""
    known = f"No {other}port conflicts are known on {target}. The target is checked before you confirm."
    return PreflightPanel(str(target), THIS[OperationKind.INSTALL], warnings=(*result, *unheard), assumption=known)


def _build_form_issue(conflict: PortConflict, field: PortField | None) -> PanelIssue:
    if field is None:
        return _build_port_issue(conflict)
    take = (
        PortSuggestion(conflict.free_port, "refresh", f"{field.name}={conflict.free_port}")
        if conflict.free_port
        else None
    )
    return _build_port_issue(conflict, f"#{field.anchor}", f"Change {field.of}", take)


class _PortFixes:
    """Where a port can be changed: the question on this page, the install's form, or what the application wants."""

    def __init__(self, application: Application, plan: Plan, back: str, requested: Mapping[str, str]) -> None:
        self.application, self.plan, self.back, self.asked = application, plan, back, requested

    @cached_property
    def remappable(self) -> Mapping[tuple[str, PublishedPort], RemappablePort]:
        """What can be edited before the plan is applied."""
        if self.plan.kind is OperationKind.INSTALL:
            return {}
        return {(port.component, port.address): port for port in load_remappable_ports(self.application).values()}

    def build_issue(self, conflict: PortConflict) -> PanelIssue:
        item, slug = conflict.requested, self.application.slug
        if item.parameter in self.asked:
            return _build_port_issue(conflict, f"#{self.asked[item.parameter]}", f"Answer {item.parameter}")
        if self.plan.kind is OperationKind.INSTALL and item.parameter:
            at = f"{self.back}#id_value:{item.parameter}" if self.back else ""
            return _build_port_issue(conflict, at, f"Change {item.parameter}")
        port = self.remappable.get((item.address.component, item.address))
        if port is None:
            return self._build_version_issue(conflict)
        if port.parameter:
            url, link = f"{reverse('apps:values', args=[slug])}#id_value-{item.parameter}", f"Change {item.parameter}"
        else:
            edit = reverse("apps:component-edit", args=[slug, port.component])
            url, link = f"{edit}#ports-title", f"Change the ports of {port.component}"
        return _build_port_issue(conflict, url, link, self._suggest(port, conflict.free_port))

    def _build_version_issue(self, conflict: PortConflict) -> PanelIssue:
        """A port that comes with the plan: taken elsewhere by an answer to it, or in the install's form."""
        port = get_version_port(self.plan, conflict.requested.address)
        if port is None or not self.back:
            return _build_port_issue(conflict)
        if self.plan.kind is OperationKind.INSTALL:
            url = f"{self.back}#{get_port_field_id(port.id)}"
            return _build_port_issue(conflict, url, f"Change the port of {port.component}")
        if conflict.free_port is None:
            return _build_port_issue(conflict)
        take = PortSuggestion(
            conflict.free_port,
            "refresh",
            f"{get_port_field_name(port.id)}={conflict.free_port}",
            self.back,
            answer=True,
        )
        return _build_port_issue(conflict, suggestion=take)

    def _suggest(self, port: RemappablePort, free: int | None) -> PortSuggestion | None:
        if free is None:
            return None
        action = reverse("upgrades:remap-port", args=[self.application.slug])
        return PortSuggestion(free, "port_id", port.id, f"{action}?{urlencode({'port': str(free), 'next': self.back})}")


def _is_value_question(question: QuestionView) -> bool:
    return question.question.kind is QuestionKind.VALUE


def _is_same_port(issue: PanelIssue, other: PreflightIssue) -> bool:
    return issue.issue is not None and issue.issue.is_same_port(other)


def _build_port_issue(
    conflict: PortConflict, url: str = "", link: str = SEE, suggestion: PortSuggestion | None = None
) -> PanelIssue:
    return PanelIssue(describe_conflict(conflict), url, link, suggestion, conflict.issue)


def describe_conflict(conflict: PortConflict) -> str:
    """Return "Port 8080/tcp on web conflicts with application shop (web). Choose another port, for example 8081."."""
    issue, parameter = conflict.issue, conflict.requested.parameter
    holder = describe_holder(issue.holder) if issue.holder is not None else "another application"
    reason = "" if conflict.shares_host else "; both cannot run on one host"
    manual = "Choose another port" if conflict.is_new else "Change the port of one of them"
    action = f"Set {parameter} to another port" if parameter else manual
    example = f", for example {conflict.free_port}" if conflict.free_port else ""
    return f"Port {issue.resource} on {issue.component} conflicts with {holder}{reason}. {action}{example}."
