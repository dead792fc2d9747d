"""Host ports on the command line: "web:8080", "dns:53/udp"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.errors import OperationRefused
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.validation.port_remapping import RemappablePort, get_literal_port
from templates_app.appspec.validation.ports import is_port
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.engine.planning.port_overrides import get_version_port
from upgrades_app.queries.port_conflicts import PortConflict

DEFAULT_PROTOCOL = "tcp"


def resolve_port_options(specs: Iterable[AppSpec], host_ports: Mapping[str, str]) -> dict[str, int]:
    """Return the host ports by port id. Raises OperationRefused for unknown ports."""
    result = {port.id: port for spec in specs for port in get_literal_port(spec)}
    return {
        port: _parse_number(name, text)
        for name, text in host_ports.items()
        for port in _list_ids(name, result.values())
    }


def format_port_option(plan: Plan, conflict: PortConflict) -> str:
    """Return for example "--port web:8080=8081", or "" if the port cannot be changed this way."""
    port = get_version_port(plan, conflict.requested.address)
    if port is None or conflict.requested.parameter or conflict.free_port is None:
        return ""
    return f"--port {_describe_port(port.component, port.first, port.protocol)}={conflict.free_port}"


def _list_ids(name: str, result: Iterable[RemappablePort]) -> list[str]:
    ports = {port.id: _describe_port(port.component, port.address.first, port.address.protocol) for port in result}
    matches = [port for port, text in ports.items() if text == name.removesuffix(f"/{DEFAULT_PROTOCOL}")]
    if not matches:
        raise OperationRefused(f"The template publishes no port {name}.", sorted(set(ports.values())))
    return matches


def _parse_number(name: str, text: str) -> int:
    if not is_port(text):
        raise OperationRefused(f"--port expects a port number for {name}, not “{text}”.")
    return int(text)


def _describe_port(component: str, port: int, protocol: str) -> str:
    return f"{component}:{port}" if protocol == DEFAULT_PROTOCOL else f"{component}:{port}/{protocol}"
