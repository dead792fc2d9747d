"""What stands in the way of a component on this engine, found before anything is changed."""

import socket
from collections.abc import Iterator
from pathlib import Path

from apps_app.drivers.base import Part, Placement
from apps_app.drivers.docker.api import adoption_labels, labels
from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.labels import Role
from apps_app.drivers.docker.api.models import Listed
from apps_app.drivers.docker.deploy import image_pull
from apps_app.drivers.docker.payload import options
from apps_app.drivers.docker.payload.builder import read_part
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.drivers.docker.payload.healthcheck import port_of
from apps_app.drivers.docker.payload.ports import Published, published
from apps_app.drivers.docker.state import host_info, networks, volumes
from apps_app.drivers.docker.state.host_info import can_be_asked, is_local

_HIGHEST = 65535


def of_application(engine: Engine, app: Placement) -> Iterator[str]:
    """Another application has this one's name here."""
    items = [container.labels for container in engine.listed(slug=app.slug)]
    items += [network.labels for network in engine.networks(slug=app.slug)]
    if any(not labels.is_ours(item, app) for item in items):
        yield f"'{app.slug}' on this target belongs to another application; choose another name"
    yield from host_info.objection(engine)


def of_part(engine: Engine, app: Placement, key: str, part: Part) -> Iterator[str]:
    """Everything against this component, in sentences."""
    desired, faults = read_part(app, key, part)
    yield from faults
    if desired is None or not desired.image:
        return
    yield from (f"{key}: {item}" for item in options.too_new(desired.component.engine, engine.api_version))
    for name, network in networks.used(part).items():
        yield from networks.faults(name, network)
        yield from (f"{key}: {item}" for item in networks.taken(engine, app, name, network))
    for name, volume in volumes.used(part).items():
        yield from (f"{key}: {item}" for item in volumes.taken(engine, app, name, volume))
    yield from (f"{key}: {item}" for item in _names(engine, desired))
    yield from (f"{key}: {port}" for port in _ports(engine, desired))
    yield from (f"{key}: {host_path}" for host_path in _host_paths(engine, desired))
    yield from (f"{key}: {probe}" for probe in _probes(engine, desired))
    if text := image_pull.objection(engine, desired):
        yield f"{key}: {text}"


def _names(engine: Engine, desired: Wanted) -> Iterator[str]:
    """What another component of the same application has, it gives up before."""
    taken_in = adoption_labels.adopted_ids(engine, desired.app)
    names = {desired.name(at, role) for at in range(1, desired.replicas + 1) for role in Role}
    for container in engine.listed():
        if (
            container.name in names
            and not labels.is_ours(container.labels, desired.app)
            and container.id not in taken_in
        ):
            owner = volumes.owner(container.labels)
            yield f"the name {container.name} is taken by {owner}; remove that container or choose another name"


def holder(engine: Engine, desired: Wanted) -> str:
    """Who has a port that this component publishes, as a sentence; "" where nobody can be found."""
    return next(_ports(engine, desired), "")


def _ports(engine: Engine, desired: Wanted) -> Iterator[str]:
    try:
        requested = [item for item in published(desired.component.ports) if item.is_fixed]
    except ValueError as error:
        yield f"ports: {error}"
        return
    if not requested:
        return
    existing, mine = engine.listed(), adoption_labels.adopted_ids(engine, desired.app)
    local = is_local(engine)
    for binding in requested:
        holders = [container for container in existing if _holds(container, binding)]
        others = [container for container in holders if not labels.is_ours(container.labels, desired.app)]
        strangers = [container for container in others if container.id not in mine]
        if strangers:
            yield f"port {binding.first} is used by the container {strangers[0].name}{_free(existing, binding, local)}"
        elif not holders and local and not _can_be_bound(binding):
            yield f"port {binding.first} is used by a program on the engine's machine{_free(existing, binding, local)}"


def _holds(container: Listed, port: Published) -> bool:
    return any(
        port.meets(str(items.get("IP") or ""), int(str(items["PublicPort"])), str(items.get("Type")))
        for items in container.ports
        if items.get("PublicPort")
    )


def _free(existing: tuple[Listed, ...], port: Published, local: bool) -> str:
    """The next port that nobody uses, as advice."""
    for number in range(port.first + 1, min(port.first + 200, _HIGHEST)):
        other = Published(port.address, number, number, port.protocol)
        if not any(_holds(container, other) for container in existing) and (not local or _can_be_bound(other)):
            return f"; {number} is free"
    return "; choose another"


def _can_be_bound(port: Published) -> bool:
    kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
    if port.protocol not in kinds:
        return True
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family, kinds[port.protocol]) as item:
        item.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            item.bind((port.address, port.first))
        except OSError:
            return False
    return True


def _host_paths(engine: Engine, desired: Wanted) -> Iterator[str]:
    for path, mount in sorted(desired.component.mounts.items()):
        if mount.kind != "host":
            continue
        if not mount.source.startswith("/"):
            yield f"the host path {mount.source} at {path} has to begin with /"
        elif (
            mount.options.get("create_host_path", True) is False
            and is_local(engine)
            and not Path(mount.source).exists()
        ):
            yield f"the host path {mount.source} at {path} is not there; make it first"


def _probes(engine: Engine, desired: Wanted) -> Iterator[str]:
    for name, probe in sorted(desired.component.probes.items()):
        if (probe.http is not None or probe.tcp is not None) and not can_be_asked(engine, desired, port_of(probe)):
            port = port_of(probe)
            yield f"its {name} probe asks port {port}, which cannot be reached from here; publish it, or use a command"
