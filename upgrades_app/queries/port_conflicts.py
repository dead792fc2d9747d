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
    open_ones = {row.application for row in rows if "$" in f"{row.desired}{row.applied}"}
    held = [*_held(rows, _values(open_ones))]
    try:
        return Taken([*held, *_strangers(target, apart_from)])
    except DriverError as error:
        return Taken(held, f"Ports that others than Uplift use on {target} are not known: {error}")


def _strangers(target: Target, apart_from: Application | None) -> Iterator[Held]:
    """Raises DriverError where the target does not answer."""
    nobody = Placement(uid="", slug="")
    for one in target.driver().taken(apart_from.placement if apart_from is not None else nobody):
        if one.thing is Thing.PORT:
            binding, _, protocol = one.what.rpartition("/")
            bare = _parsed({"components": {"others": {"ports": {f"1/{protocol}": {binding: {}}}}}})
            yield from (Held(each.address, one.by) for each in wanted(bare.components, {}))


def clashes(spec: AppSpec, values: Mapping[str, str], taken: Taken) -> Iterator[tuple[Wanted, Held]]:
    """Each address that the document, with what was set for it, publishes and another application there too."""
    for one in wanted(spec.components, effective(spec.parameters, values)):
        held = taken.holder(one.address)
        if held is not None:
            yield one, held


class Clash(NamedTuple):
    """An address that another one there publishes too; `free` is the next port that nobody has."""

    wanted: Wanted
    sentence: str
    free: int | None


class Clashes(NamedTuple):
    """All of them; `unheard` says that the target did not tell what strangers use, or ""."""

    found: tuple[Clash, ...] = ()
    unheard: str = ""


def told_clashes(spec: AppSpec, values: Mapping[str, str], taken: Taken, *, runs: bool, new: bool = False) -> Clashes:
    """With what to do about each; of a `new` application each port may still be another one."""
    pairs = clashes(spec, values, taken)
    found = (Clash(one, _sentence(one, held, taken, runs=runs, new=new), _free(one, taken)) for one, held in pairs)
    return Clashes(tuple(found), taken.unheard)


def clashes_of(application: Application, plan: Plan) -> Clashes:
    """Of a plan for an application: none where everything goes. A target is not asked where nothing is published."""
    published = any(any(one.ports.values()) for one in plan.there.components.values())
    if application.target is None or plan.kind is Kind.UNINSTALL or not published:
        return Clashes()
    taken = taken_on(application.target, apart_from=application)
    return told_clashes(plan.there, plan.values, taken, runs=plan.runs, new=plan.kind is Kind.INSTALL)


def _free(one: Wanted, taken: Taken) -> int | None:
    return taken.free(one.address.first, one.address.protocol)


def _sentence(one: Wanted, held: Held, taken: Taken, *, runs: bool, new: bool) -> str:
    what = f"{one.address.component} publishes {one.address.says}, and so does {held.by} on this target"
    why = "it cannot start while that runs" if runs else "the two cannot run on one machine"
    return f"{what}: {why}. {_way_out(one, taken, new=new)}"


def _way_out(one: Wanted, taken: Taken, *, new: bool) -> str:
    by_hand = "Publish it on another port" if new else "Change the port of one of them"
    do = f"Set {one.parameter} to another port" if one.parameter else by_hand
    free = _free(one, taken)
    return f"{do}; {free} is free." if free else f"{do}."


def _rows(target: Target, apart_from: Application | None) -> list[_Row]:
    others = Component.objects.filter(application__target=target).order_by("application__name", "application", "key")
    if apart_from is not None:
        others = others.exclude(application=apart_from)
    fields = ("application", "application__name", "key", "desired__ports", "applied__ports")
    return [row for row in map(_Row._make, others.values_list(*fields)) if row.desired or row.applied]


def _values(applications: Iterable[int]) -> dict[int, dict[str, str]]:
    """The effective values of applications whose ports hold references, as far as they are no secret."""
    wanted_of = list(applications)
    if not wanted_of:
        return {}
    given: dict[int, dict[str, str]] = {}
    for value in Value.objects.wanted().filter(application__in=wanted_of, secret=False):
        if value.desired is not None:
            given.setdefault(value.application_id, {})[value.name] = value.desired.reveal()
    frames = Application.objects.filter(pk__in=wanted_of).values_list("pk", "frame_desired__parameters")
    return {pk: effective(_parsed({"parameters": found or {}}).parameters, given.get(pk, {})) for pk, found in frames}


def _held(rows: Iterable[_Row], values: Mapping[int, Mapping[str, str]]) -> Iterator[Held]:
    for row in rows:
        for ports in (row.desired, row.applied):
            bare = _parsed({"components": {row.key: {"ports": ports or {}}}})
            for one in wanted(bare.components, values.get(row.application, {})):
                yield Held(one.address, f"{row.key} of {row.name}")


def _parsed(document: Tree) -> AppSpec:
    try:
        return parse(document)
    except SpecError:
        return AppSpec()
