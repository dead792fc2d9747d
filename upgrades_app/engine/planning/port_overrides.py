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
    requested = {
        port.id: port for port in literal(spec) if ports.get(port.id, port.address.first) != port.address.first
    }
    after, _ = moved(spec, {}, {name: ports[name] for name in requested})
    return after, tuple(
        OtherPort(port, ports[name], _decision(spec, port, ports[name])) for name, port in requested.items()
    )


def version_port(plan: Plan, at: Published) -> VersionPort | None:
    """The port that a plan publishes at this address; None where no number in the version is behind it."""
    port = next((item for item in literal(plan.there) if item.address == at), None)
    if port is None:
        return None
    path = _path(port, port.binding)
    question = next((item for item in plan.questions if item.kind is QuestionKind.PORT and item.path == path), None)
    if question is None:
        return VersionPort(port.id, port.component, at.first, at.protocol)
    return VersionPort(question.id, port.component, int(question.default or at.first), at.protocol)


def _decision(spec: AppSpec, item: Movable, port: int) -> Decision:
    options = tree(spec.components[item.component].ports[item.port][item.binding])
    path, absent = _path(item, item.binding_at(port)), frozenset[SideName]({"base", "theirs"})
    return Decision(path, Source.CHOSEN, None, options, None, options, absent)


def _path(port: Movable, binding: str) -> tuple[str, ...]:
    return ("components", port.component, "ports", port.port, binding)
