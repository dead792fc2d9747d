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
    things = [one.labels for one in engine.listed(slug=app.slug)]
    things += [one.labels for one in engine.networks(slug=app.slug)]
    if any(not labels.is_ours(one, app) for one in things):
        yield f"'{app.slug}' on this target belongs to another application; choose another name"
    yield from host_info.objection(engine)


def of_part(engine: Engine, app: Placement, key: str, part: Part) -> Iterator[str]:
    """Everything against this component, in sentences."""
    wanted, faults = read_part(app, key, part)
    yield from faults
    if wanted is None or not wanted.image:
        return
    yield from (f"{key}: {one}" for one in options.too_new(wanted.component.engine, engine.api_version))
    for name, network in networks.used(part).items():
        yield from networks.faults(name, network)
        yield from (f"{key}: {one}" for one in networks.taken(engine, app, name, network))
    for name, volume in volumes.used(part).items():
        yield from (f"{key}: {one}" for one in volumes.taken(engine, app, name, volume))
    yield from (f"{key}: {one}" for one in _names(engine, wanted))
    yield from (f"{key}: {one}" for one in _ports(engine, wanted))
    yield from (f"{key}: {one}" for one in _host_paths(engine, wanted))
    yield from (f"{key}: {one}" for one in _probes(engine, wanted))
    if said := image_pull.objection(engine, wanted):
        yield f"{key}: {said}"


def _names(engine: Engine, wanted: Wanted) -> Iterator[str]:
    """What another component of the same application has, it gives up before."""
    taken_in = adoption_labels.adopted_ids(engine, wanted.app)
    names = {wanted.name(at, role) for at in range(1, wanted.replicas + 1) for role in Role}
    for there in engine.listed():
        if there.name in names and not labels.is_ours(there.labels, wanted.app) and there.id not in taken_in:
            owner = volumes.owner(there.labels)
            yield f"the name {there.name} is taken by {owner}; remove that container or choose another name"


def holder(engine: Engine, wanted: Wanted) -> str:
    """Who has a port that this component publishes, as a sentence; "" where nobody can be found."""
    return next(_ports(engine, wanted), "")


def _ports(engine: Engine, wanted: Wanted) -> Iterator[str]:
    try:
        asked = [one for one in published(wanted.component.ports) if one.is_fixed]
    except ValueError as error:
        yield f"ports: {error}"
        return
    if not asked:
        return
    there, mine = engine.listed(), adoption_labels.adopted_ids(engine, wanted.app)
    local = is_local(engine)
    for one in asked:
        holders = [container for container in there if _holds(container, one)]
        others = [container for container in holders if not labels.is_ours(container.labels, wanted.app)]
        strangers = [container for container in others if container.id not in mine]
        if strangers:
            yield f"port {one.first} is used by the container {strangers[0].name}{_free(there, one, local)}"
        elif not holders and local and not _can_be_bound(one):
            yield f"port {one.first} is used by a program on the engine's machine{_free(there, one, local)}"


def _holds(container: Listed, port: Published) -> bool:
    return any(
        port.meets(str(one.get("IP") or ""), int(str(one["PublicPort"])), str(one.get("Type")))
        for one in container.ports
        if one.get("PublicPort")
    )


def _free(there: tuple[Listed, ...], port: Published, local: bool) -> str:
    """The next port that nobody uses, as advice."""
    for number in range(port.first + 1, min(port.first + 200, _HIGHEST)):
        other = Published(port.address, number, number, port.protocol)
        if not any(_holds(one, other) for one in there) and (not local or _can_be_bound(other)):
            return f"; {number} is free"
    return "; choose another"


def _can_be_bound(port: Published) -> bool:
    kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
    if port.protocol not in kinds:
        return True
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family, kinds[port.protocol]) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((port.address, port.first))
        except OSError:
            return False
    return True


def _host_paths(engine: Engine, wanted: Wanted) -> Iterator[str]:
    for path, mount in sorted(wanted.component.mounts.items()):
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


def _probes(engine: Engine, wanted: Wanted) -> Iterator[str]:
    for name, probe in sorted(wanted.component.probes.items()):
        if (probe.http is not None or probe.tcp is not None) and not can_be_asked(engine, wanted, port_of(probe)):
            port = port_of(probe)
            yield f"its {name} probe asks port {port}, which cannot be reached from here; publish it, or use a command"
