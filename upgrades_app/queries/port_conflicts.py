"""The host ports that others on a target publish: other applications, and whoever else the target sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from apps_app.drivers.base import DriverError, Placement, Thing
from apps_app.models import Application, Component, Target, Value
from templates_app.appspec.interpolation.render import effective
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.schema.serialize import Tree
from templates_app.appspec.validation.port_allocation import Held, Taken, Wanted, wanted
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.planning.plan import Plan


class _Row(NamedTuple):
    """One component of a neighbour: its ports as they are wanted and as they are applied."""

    application: int
    name: str
    key: str
    desired: Tree | None
    applied: Tree | None


def taken_on(target: Target, apart_from: Application | None = None) -> Taken:
    """The addresses of every other application there, with their values in place, and those of whoever else the
    target itself sees. At most three queries, and one question to the target."""
    rows = _rows(target, apart_from)
    with_references = {row.application for row in rows if "$" in f"{row.desired}{row.applied}"}
    ports = [*_held(rows, _values(with_references))]
    try:
        return Taken([*ports, *_strangers(target, apart_from)])
    except DriverError as error:
        return Taken(ports, f"Ports that others than Uplift use on {target} are not known: {error}")


def _strangers(target: Target, apart_from: Application | None) -> Iterator[Held]:
    """Raises DriverError where the target does not answer."""
    no_placement = Placement(uid="", slug="")
    for resource in target.driver().taken(apart_from.placement if apart_from is not None else no_placement):
        if resource.thing is Thing.PORT:
            binding, _, protocol = resource.what.rpartition("/")
            spec = _parsed({"components": {"others": {"ports": {f"1/{protocol}": {binding: {}}}}}})
            yield from (Held(port.address, resource.by) for port in wanted(spec.components, {}))


def clashes(spec: AppSpec, values: Mapping[str, str], allocation: Taken) -> Iterator[tuple[Wanted, Held]]:
    """Each address that the document, with what was set for it, publishes and another application there too."""
    for port in wanted(spec.components, effective(spec.parameters, values)):
        holder = allocation.holder(port.address)
        if holder is not None:
            yield port, holder


class Clash(NamedTuple):
    """An address that another one there publishes too; `free` is the next port that nobody has."""

    wanted: Wanted
    sentence: str
    free: int | None


class Clashes(NamedTuple):
    """All of them; `unheard` says that the target did not tell what strangers use, or ""."""

    found: tuple[Clash, ...] = ()
    unheard: str = ""


def told_clashes(
    spec: AppSpec, values: Mapping[str, str], allocation: Taken, *, runs: bool, new: bool = False
) -> Clashes:
    """With what to do about each; of a `new` application each port may still be another one."""
    pairs = clashes(spec, values, allocation)
    conflicts = (
        Clash(port, _sentence(port, holder, allocation, runs=runs, new=new), _free(port, allocation))
        for port, holder in pairs
    )
    return Clashes(tuple(conflicts), allocation.unheard)


def clashes_of(application: Application, plan: Plan) -> Clashes:
    """Of a plan for an application: none where everything goes. A target is not asked where nothing is published."""
    published = any(any(component.ports.values()) for component in plan.there.components.values())
    if application.target is None or plan.kind is Kind.UNINSTALL or not published:
        return Clashes()
    allocation = taken_on(application.target, apart_from=application)
    return told_clashes(plan.there, plan.values, allocation, runs=plan.runs, new=plan.kind is Kind.INSTALL)


def _free(port: Wanted, allocation: Taken) -> int | None:
    return allocation.free(port.address.first, port.address.protocol)


def _sentence(port: Wanted, held: Held, taken: Taken, *, runs: bool, new: bool) -> str:
    what = f"{port.address.component} publishes {port.address.says}, and so does {held.by} on this target"
    why = "it cannot start while that runs" if runs else "the two cannot run on one machine"
    return f"{what}: {why}. {_way_out(port, taken, new=new)}"


def _way_out(port: Wanted, allocation: Taken, *, new: bool) -> str:
    manual = "Publish it on another port" if new else "Change the port of one of them"
    action = f"Set {port.parameter} to another port" if port.parameter else manual
    free_port = _free(port, allocation)
    return f"{action}; {free_port} is free." if free_port else f"{action}."


def _rows(target: Target, apart_from: Application | None) -> list[_Row]:
    others = Component.objects.filter(application__target=target).order_by("application__name", "application", "key")
    if apart_from is not None:
        others = others.exclude(application=apart_from)
    fields = ("application", "application__name", "key", "desired__ports", "applied__ports")
    return [row for row in map(_Row._make, others.values_list(*fields)) if row.desired or row.applied]


def _values(applications: Iterable[int]) -> dict[int, dict[str, str]]:
    """The effective values of applications whose ports hold references, as far as they are no secret."""
    ids = list(applications)
    if not ids:
        return {}
    values: dict[int, dict[str, str]] = {}
    for value in Value.objects.wanted().filter(application__in=ids, secret=False):
        if value.desired is not None:
            values.setdefault(value.application_id, {})[value.name] = value.desired.reveal()
    definitions = Application.objects.filter(pk__in=ids).values_list("pk", "frame_desired__parameters")
    return {
        pk: effective(_parsed({"parameters": parameters or {}}).parameters, values.get(pk, {}))
        for pk, parameters in definitions
    }


def _held(rows: Iterable[_Row], values: Mapping[int, Mapping[str, str]]) -> Iterator[Held]:
    for row in rows:
        for ports in (row.desired, row.applied):
            spec = _parsed({"components": {row.key: {"ports": ports or {}}}})
            for port in wanted(spec.components, values.get(row.application, {})):
                yield Held(port.address, f"{row.key} of {row.name}")


def _parsed(document: Tree) -> AppSpec:
    try:
        return parse(document)
    except SpecError:
        return AppSpec()
