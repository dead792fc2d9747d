"""What stands in the way of a plan, in one place: what does not hold together, what the target says, taken ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode

from apps_app.models import Application, Target
from templates_app.appspec.validation.port_remapping import Movable
from templates_app.appspec.validation.ports import Published
from upgrades_app.actions.remap_port import movable_ports
from upgrades_app.engine.execution.preflight import Findings
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.engine.planning.port_overrides import version_port
from upgrades_app.forms.literal_ports import port_anchor, port_name
from upgrades_app.models import UpgradeRecord
from upgrades_app.presenters.question_view import Asked
from upgrades_app.queries.port_conflicts import Clash, Clashes, clashes_of

SEE = "See it"
THIS = {
    Kind.INSTALL: "the install",
    Kind.UPGRADE: "the upgrade",
    Kind.ROLLBACK: "going back",
    Kind.CHANGE: "the change",
    Kind.UNINSTALL: "the uninstall",
}


@dataclass(frozen=True, slots=True)
class Take:
    """A free port, and what is posted to have it: to `action`, or within the form around it where there is none.

    An `answer` belongs to the questions of the plan: it is posted with them where they are on the same page.
    """

    port: int
    name: str
    value: str
    action: str = ""
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One sentence, with the place where it can be mended and the port that can be taken instead."""

    text: str
    url: str = ""
    link: str = SEE
    take: Take | None = None

    @property
    def mends(self) -> bool:
        """Whether the place is one where something is changed, and not only seen."""
        return self.link != SEE


@dataclass(frozen=True, slots=True)
class Panel:
    """`heard`: the target was asked. `url` asks it; `next` is where a port that was taken leads back to."""

    target: str
    this: str
    blocks: tuple[Hindrance, ...] = ()
    warnings: tuple[Hindrance, ...] = ()
    heard: bool = False
    url: str = ""
    next: str = ""
    known: str = ""

    @property
    def clear(self) -> bool:
        return self.heard and not self.blocks and not self.warnings

    @property
    def note(self) -> str:
        """What follows from it, in words."""
        if self.heard and self.blocks:
            return f"While this stands, {self.this} would fail at once, and nothing would be changed."
        if self.heard:
            return "This does not keep it from being confirmed."
        if self.url:
            more = " else" if self.blocks or self.warnings else ""
            return f"Before the first step, {self.target} is asked whether anything{more} stands in the way."
        return self.known

    def with_findings(self, preflight_result: Findings) -> Panel:
        """The same after the target was asked; what it says of a port that is taken is said once."""
        blocks = [self._joined(text) for text in preflight_result.objections]
        data = {issue.text for issue in blocks}
        clashes = [
            issue for issue in self.warnings if not any(_same_port(issue, text) for text in preflight_result.objections)
        ]
        warned = [Hindrance(text) for text in preflight_result.warnings if text not in data]
        return replace(self, blocks=(*self.blocks, *blocks), warnings=(*clashes, *warned), heard=True)

    def _joined(self, objection: str) -> Hindrance:
        issue = next((item for item in self.warnings if _same_port(item, objection)), None)
        return Hindrance(objection) if issue is None else replace(issue, text=objection)


def panel_of(
    application: Application,
    plan: Plan,
    clashes: Clashes,
    *,
    url: str = "",
    back: str = "",
    asked: Iterable[Asked] = (),
    blockers: Iterable[tuple[str, str]] = (),
) -> Panel:
    """`back`: where the plan is made again. `asked` are the questions on the same page."""
    fixes = _Ways(
        application, plan, back, {question.question.path[-1]: question.id for question in asked if _is_value(question)}
    )
    warnings = [fixes.out_of(conflict) for conflict in clashes.found]
    return Panel(
        target=str(application.target),
        this=THIS[plan.kind],
        blocks=tuple(Hindrance(text, at) for text, at in blockers),
        warnings=(*warnings, *([Hindrance(clashes.unheard)] if clashes.unheard else [])),
        url=url,
        next=back,
    )


def panel_of_record(record: UpgradeRecord, *, back: str = "") -> Panel:
    """Of a plan that waits to be confirmed."""
    application = record.subject
    url = reverse("upgrades:record-preflight", args=[record.pk]) if application.target is not None else ""
    if not record.is_readable:
        return Panel(str(application.target), THIS[Kind(record.kind)], url=url)
    plan = record.stored_plan
    return panel_of(application, plan, clashes_of(application, plan), url=url, back=back)


@dataclass(frozen=True, slots=True)
class PortField:
    """Where a form around the panel has a port: the field's name, its id on the page, and what it is the port of."""

    name: str
    anchor: str
    of: str


def panel_of_form(target: Target, clashes: Clashes, field_of: Callable[[Clash], PortField | None]) -> Panel:
    """Of an install that is not planned yet: of its ports, with the free ones to be taken in the form around it."""
    hindrances = [_in_form(clash, field_of(clash)) for clash in clashes.found]
    unheard = [Hindrance(clashes.unheard)] if clashes.unheard else []
    more = "no " if not hindrances else "no other "
    known = f"As far as is known, {more}port of it is taken on {target}. The target itself is asked before you confirm."
    return Panel(str(target), THIS[Kind.INSTALL], warnings=(*hindrances, *unheard), known=known)


def _in_form(clash: Clash, field: PortField | None) -> Hindrance:
    if field is None:
        return Hindrance(clash.sentence)
    take = Take(clash.free, "again", f"{field.name}={clash.free}") if clash.free else None
    return Hindrance(clash.sentence, f"#{field.anchor}", f"Change {field.of}", take)


class _Ways:
    """Where a port can be changed: the question on this page, the install's form, or what the application wants."""

    def __init__(self, application: Application, plan: Plan, back: str, asked: Mapping[str, str]) -> None:
        self.application, self.plan, self.back, self.asked = application, plan, back, asked

    @cached_property
    def movable(self) -> Mapping[tuple[str, Published], Movable]:
        """What can be edited before the plan is applied."""
        if self.plan.kind is Kind.INSTALL:
            return {}
        return {(port.component, port.address): port for port in movable_ports(self.application).values()}

    def out_of(self, clash: Clash) -> Hindrance:
        item, slug = clash.wanted, self.application.slug
        if item.parameter in self.asked:
            return Hindrance(clash.sentence, f"#{self.asked[item.parameter]}", f"Answer {item.parameter}")
        if self.plan.kind is Kind.INSTALL and item.parameter:
            at = f"{self.back}#id_value:{item.parameter}" if self.back else ""
            return Hindrance(clash.sentence, at, f"Change {item.parameter}")
        port = self.movable.get((item.address.component, item.address))
        if port is None:
            return self._of_version(clash)
        if port.parameter:
            url, link = f"{reverse('apps:values', args=[slug])}#id_value-{item.parameter}", f"Change {item.parameter}"
        else:
            edit = reverse("apps:component-edit", args=[slug, port.component])
            url, link = f"{edit}#ports-title", f"Change the ports of {port.component}"
        return Hindrance(clash.sentence, url, link, self._take(port, clash.free))

    def _of_version(self, clash: Clash) -> Hindrance:
        """A port that comes with the plan: taken elsewhere by an answer to it, or in the install's form."""
        port = version_port(self.plan, clash.wanted.address)
        if port is None or not self.back:
            return Hindrance(clash.sentence)
        if self.plan.kind is Kind.INSTALL:
            url = f"{self.back}#{port_anchor(port.id)}"
            return Hindrance(clash.sentence, url, f"Change the port of {port.component}")
        if clash.free is None:
            return Hindrance(clash.sentence)
        take = Take(clash.free, "again", f"{port_name(port.id)}={clash.free}", self.back, answer=True)
        return Hindrance(clash.sentence, take=take)

    def _take(self, port: Movable, free: int | None) -> Take | None:
        if free is None:
            return None
        action = reverse("upgrades:take-port", args=[self.application.slug])
        return Take(free, "at", port.id, f"{action}?{urlencode({'port': str(free), 'next': self.back})}")


def _is_value(question: Asked) -> bool:
    return question.question.kind is QuestionKind.VALUE


def _same_port(clash: Hindrance, objection: str) -> bool:
    """A clash begins with "web publishes 8080/tcp", an engine's objection with "port 8080 is used by"."""
    begins, _, rest = objection.partition("port ")
    address = clash.text.partition(" publishes ")[2].partition("/")[0]
    return not begins and address.rpartition(":")[2] == rest.partition(" ")[0]
