"""Host ports that an operator takes in place of those that a version names itself: local changes from the start."""

from collections.abc import Mapping
from typing import NamedTuple

from templates_app.appspec.merge.three_way import Decision, SideName, Source
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import tree
from templates_app.appspec.validation.port_remapping import Movable, literal, moved
from templates_app.appspec.validation.ports import Published
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan


class OtherPort(NamedTuple):
    """One port of the document, the number it is published on instead, and where that stands in the document."""

    movable: Movable
    port: int
    decision: Decision


class VersionPort(NamedTuple):
    """One port by its id in the version, with the host port that stands there."""

    id: str
    component: str
    first: int
    protocol: str


def at_other_ports(spec: AppSpec, ports: Mapping[str, int]) -> tuple[AppSpec, tuple[OtherPort, ...]]:
    """The document with `ports` (by their ids) put in; what it does not publish like that is left out."""
    if not ports:
        return spec, ()
    asked = {one.id: one for one in literal(spec) if ports.get(one.id, one.address.first) != one.address.first}
    after, _ = moved(spec, {}, {name: ports[name] for name in asked})
    return after, tuple(OtherPort(one, ports[name], _decision(spec, one, ports[name])) for name, one in asked.items())


def version_port(plan: Plan, at: Published) -> VersionPort | None:
    """The port that a plan publishes at this address; None where no number in the version is behind it."""
    there = next((one for one in literal(plan.there) if one.address == at), None)
    if there is None:
        return None
    path = _path(there, there.binding)
    taken = next((one for one in plan.questions if one.kind is QuestionKind.PORT and one.path == path), None)
    if taken is None:
        return VersionPort(there.id, there.component, at.first, at.protocol)
    return VersionPort(taken.id, there.component, int(taken.default or at.first), at.protocol)


def _decision(spec: AppSpec, one: Movable, port: int) -> Decision:
    options = tree(spec.components[one.component].ports[one.port][one.binding])
    path, absent = _path(one, one.binding_at(port)), frozenset[SideName]({"base", "theirs"})
    return Decision(path, Source.CHOSEN, None, options, None, options, absent)


def _path(one: Movable, binding: str) -> tuple[str, ...]:
    return ("components", one.component, "ports", one.port, binding)
