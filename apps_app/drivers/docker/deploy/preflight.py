"""Preflight checks of a component on an engine. They change nothing."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from apps_app.drivers.base import ComponentPart, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.labels import ContainerRole
from apps_app.drivers.docker.api.models import ContainerSummary
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.deploy import image_pull
from apps_app.drivers.docker.payload import options
from apps_app.drivers.docker.payload.builder import read_part
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.docker.payload.healthcheck import get_probe_port
from apps_app.drivers.docker.payload.network_endpoints import PortBinding, list_published_ports
from apps_app.drivers.docker.state import host_info, networks, volumes
from apps_app.drivers.docker.state.host_info import is_local, is_port_reachable
from apps_app.drivers.docker.state.port_usage import get_holder
from apps_app.drivers.issues import Holder, HolderKind, IssueCode, PreflightIssue

_HIGHEST_PORT = 65535
_SEARCHED_PORTS = 200


def check_application(engine: AnyEngine, app: Placement) -> Iterator[PreflightIssue]:
    """Yield what blocks the whole application: its name belongs to another one, or the disk is full."""
    owned = [container.labels for container in engine.list_containers(slug=app.slug)]
    owned += [network.labels for network in engine.list_networks(slug=app.slug)]
    if any(not labels.belongs_to(item, app) for item in owned):
        yield PreflightIssue(IssueCode.OWNERSHIP_CONFLICT, resource=app.slug)
    yield from host_info.check_disk_full(engine)


def check_part(engine: AnyEngine, app: Placement, key: str, part: ComponentPart) -> Iterator[PreflightIssue]:
    """Yield what blocks this component."""
    desired, issues = read_part(app, key, part)
    yield from issues
    if desired is not None and desired.image:
        for issue in _check_desired(engine, desired, part):
            yield replace(issue, component=key)


def _check_desired(engine: AnyEngine, desired: DesiredContainer, part: ComponentPart) -> Iterator[PreflightIssue]:
    app = desired.app
    yield from options.check_api_version(desired.key, desired.component.engine, engine.api_version)
    for name, network in networks.get_component_networks(part).items():
        yield from networks.check_network_definition(name, network)
        yield from networks.check_network(engine, app, name, network)
    for name, volume in volumes.get_component_volumes(part).items():
        yield from volumes.check_volume(engine, app, name, volume)
    yield from _check_names(engine, desired)
    yield from _check_ports(engine, desired)
    yield from _check_host_paths(engine, desired)
    yield from _check_probes(engine, desired)
    yield from image_pull.check_image(engine, desired)


def _check_names(engine: AnyEngine, desired: DesiredContainer) -> Iterator[PreflightIssue]:
    """Check the container names. Another component of the same application frees its name before."""
    adopted = adoption_labels.list_adopted_ids(engine, desired.app)
    names = {desired.build_name(replica, role) for replica in range(1, desired.replicas + 1) for role in ContainerRole}
    for item in engine.list_containers():
        if item.name in names and not labels.belongs_to(item.labels, desired.app) and item.id not in adopted:
            yield PreflightIssue(IssueCode.NAME_CONFLICT, resource=item.name, holder=volumes.get_owner(item.labels))


def find_port_conflict(engine: AnyEngine, desired: DesiredContainer) -> PreflightIssue | None:
    """Return the first conflict of a port that this component publishes, or None."""
    issue = next(_check_ports(engine, desired), None)
    return None if issue is None else replace(issue, component=desired.key)


def _check_ports(engine: AnyEngine, desired: DesiredContainer) -> Iterator[PreflightIssue]:
    try:
        bindings = [binding for binding in list_published_ports(desired.component.ports) if binding.is_fixed]
    except ValueError as error:
        yield PreflightIssue(IssueCode.INVALID_FIELD, resource="ports", params={"reason": str(error)})
        return
    if not bindings:
        return
    containers, adopted = engine.list_containers(), adoption_labels.list_adopted_ids(engine, desired.app)
    local = is_local(engine)
    for binding in bindings:
        users = [container for container in containers if _uses_port(container, binding)]
        foreign = (item for item in users if not labels.belongs_to(item.labels, desired.app) and item.id not in adopted)
        if (container := next(foreign, None)) is not None:
            yield _build_port_issue(containers, binding, get_holder(container), local=local)
        elif not users and local and not _is_bindable(binding):
            yield _build_port_issue(containers, binding, Holder(HolderKind.PROCESS), local=local)


def _build_port_issue(
    containers: Iterable[ContainerSummary], binding: PortBinding, holder: Holder, *, local: bool
) -> PreflightIssue:
    free_port = _find_free_port(containers, binding, local=local)
    params = {} if free_port is None else {"free_port": str(free_port)}
    return PreflightIssue(IssueCode.PORT_CONFLICT, resource=str(binding), holder=holder, params=params)


def _uses_port(container: ContainerSummary, binding: PortBinding) -> bool:
    return any(
        binding.conflicts_with(str(port.get("IP") or ""), int(str(port["PublicPort"])), str(port.get("Type")))
        for port in container.ports
        if port.get("PublicPort")
    )


def _find_free_port(containers: Iterable[ContainerSummary], binding: PortBinding, *, local: bool) -> int | None:
    """Return the next free port after a binding's, or None where none is near."""
    listed = tuple(containers)
    for number in range(binding.first + 1, min(binding.first + _SEARCHED_PORTS, _HIGHEST_PORT)):
        other = PortBinding(binding.address, number, number, binding.protocol)
        if not any(_uses_port(container, other) for container in listed) and (not local or _is_bindable(other)):
            return number
    return None


def _is_bindable(binding: PortBinding) -> bool:
    kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
    if binding.protocol not in kinds:
        return True
    family = socket.AF_INET6 if ":" in binding.address else socket.AF_INET
    with socket.socket(family, kinds[binding.protocol]) as probe_socket:
        probe_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe_socket.bind((binding.address, binding.first))
        except OSError:
            return False
    return True


def _check_host_paths(engine: AnyEngine, desired: DesiredContainer) -> Iterator[PreflightIssue]:
    for target, mount in sorted(desired.component.mounts.items()):
        if mount.kind != "host":
            continue
        must_exist = mount.options.get("create_host_path", True) is False
        if not mount.source.startswith("/"):
            yield PreflightIssue(IssueCode.PATH_NOT_ABSOLUTE, resource=mount.source, params={"path": target})
        elif must_exist and is_local(engine) and not Path(mount.source).exists():
            yield PreflightIssue(IssueCode.PATH_MISSING, resource=mount.source, params={"path": target})


def _check_probes(engine: AnyEngine, desired: DesiredContainer) -> Iterator[PreflightIssue]:
    for name, probe in sorted(desired.component.probes.items()):
        if probe.http is None and probe.tcp is None:
            continue
        port = get_probe_port(probe)
        if not is_port_reachable(engine, desired, port):
            yield PreflightIssue(IssueCode.PROBE_UNREACHABLE, resource=str(port), params={"probe": name})
