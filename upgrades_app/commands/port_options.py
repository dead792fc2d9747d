"""Host ports that a version names itself, as a command line says them: "web:8080", "dns:53/udp"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_remapping import Movable, literal
from templates_app.appspec.validation.ports import is_port
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.engine.planning.port_overrides import version_port
from upgrades_app.queries.port_conflicts import Clash

USUAL = "tcp"


def ports_in(specs: Iterable[AppSpec], data: Mapping[str, str]) -> dict[str, int]:
    """The other ports by the ids of those they stand in for. Raises Refused for what no document publishes."""
    result = {port.id: port for spec in specs for port in literal(spec)}
    return {port: _number(name, text) for name, text in data.items() for port in _ids(name, result.values())}


def how_to_move(plan: Plan, clash: Clash) -> str:
    """ "--port web:8080=8081", or "" where no number in the version decides the port or none is free."""
    port = version_port(plan, clash.wanted.address)
    if port is None or clash.wanted.parameter or clash.free is None:
        return ""
    return f"--port {_said(port.component, port.first, port.protocol)}={clash.free}"


def _ids(name: str, result: Iterable[Movable]) -> list[str]:
    ports = {port.id: _said(port.component, port.address.first, port.address.protocol) for port in result}
    meant = [port for port, text in ports.items() if text == name.removesuffix(f"/{USUAL}")]
    if not meant:
        raise Refused(f"The template itself publishes no port {name}.", sorted(set(ports.values())))
    return meant


def _number(name: str, text: str) -> int:
    if not is_port(text):
        raise Refused(f"--port takes a port for {name}, not '{text}'.")
    return int(text)


def _said(component: str, port: int, protocol: str) -> str:
    return f"{component}:{port}" if protocol == USUAL else f"{component}:{port}/{protocol}"
