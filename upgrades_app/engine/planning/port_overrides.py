"""Host ports chosen by the operator instead of literal ports of a version; they are local changes."""

from collections.abc import Mapping
from typing import NamedTuple

from templates_app.appspec.merge.three_way import MergeDecision, MergeSource, SideName
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.serialize import to_plain
from templates_app.appspec.validation.port_remapping import RemappablePort, get_literal_port, remap_ports
from templates_app.appspec.validation.ports import PublishedPort
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan


class PortOverride(NamedTuple):
    """One port of the document, the number it is published on instead, and where that stands in the document."""

    movable: RemappablePort
    port: int
    decision: MergeDecision


class VersionPort(NamedTuple):
    """One port by its id in the version, with the host port that stands there."""

    id: str
    component: str
    first: int
    protocol: str


def override_ports(spec: AppSpec, ports: Mapping[str, int]) -> tuple[AppSpec, tuple[PortOverride, ...]]:
    """Return the document with these host ports by id, and the overrides that apply to it."""
    if not ports:
        return spec, ()
    requested = {
        port.id: port for port in get_literal_port(spec) if ports.get(port.id, port.address.first) != port.address.first
    }
    after, _ = remap_ports(spec, {}, {name: ports[name] for name in requested})
    return after, tuple(
        PortOverride(port, ports[name], _build_decision(spec, port, ports[name])) for name, port in requested.items()
    )


def get_version_port(plan: Plan, at: PublishedPort) -> VersionPort | None:
    """Return the literal port that a plan publishes at this address, or None."""
    port = next((item for item in get_literal_port(plan.target_spec) if item.address == at), None)
    if port is None:
        return None
    path = _build_path(port, port.binding)
    question = next((item for item in plan.questions if item.kind is QuestionKind.PORT and item.path == path), None)
    if question is None:
        return VersionPort(port.id, port.component, at.first, at.protocol)
    return VersionPort(question.id, port.component, int(question.default or at.first), at.protocol)


def _build_decision(spec: AppSpec, item: RemappablePort, port: int) -> MergeDecision:
    options = to_plain(spec.components[item.component].ports[item.port][item.binding])
    path, absent = _build_path(item, item.binding_at(port)), frozenset[SideName]({"base", "theirs"})
    return MergeDecision(path, MergeSource.CHOSEN, None, options, None, options, absent)


def _build_path(port: RemappablePort, binding: str) -> tuple[str, ...]:
    return ("components", port.component, "ports", port.port, binding)
