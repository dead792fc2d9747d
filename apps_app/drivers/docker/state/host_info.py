"""Whether a container can be asked from here, and where."""

import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network

from apps_app.drivers.docker.api.client import Engine
from apps_app.drivers.docker.api.models import Container
from apps_app.drivers.docker.payload.desired_container import Wanted


def is_local(engine: Engine) -> bool:
    """Whether this machine is the engine's own: the gateway of its bridge is an address of ours."""
    if not engine.address.is_socket:
        return False
    bridge = engine.network("bridge")
    config = bridge.ipam.get("Config") if bridge is not None else None
    pools = config if isinstance(config, list) else []
    gateways = [gateway for pool in pools if isinstance(pool, dict) and (gateway := gateway_of(pool))]
    return bool(gateways) and all(map(_is_ours, gateways))


def gateway_of(pool: Mapping[str, object]) -> str:
    """The gateway of an address pool, "" where none is known.

    An engine that has just created its bridge reports the subnet only, until it is restarted; the gateway is then the
    first address.
    """
    if gateway := pool.get("Gateway"):
        return str(gateway)
    try:
        return str(next(ip_network(str(pool.get("Subnet"))).hosts()))
    except (ValueError, StopIteration):
        return ""


def _is_ours(address: str) -> bool:
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as bound:
            bound.bind((address, 0))
    except OSError:
        return False
    return True


def addresses(engine: Engine, container: Container, port: int) -> Sequence[tuple[str, int]]:
    """Where a port of a container may be asked: at its own addresses, or where it is published."""
    if container.host.get("NetworkMode") == "host":
        return [(engine.address.host, port)]
    result = (
        [(end.address, port) for end in container.joined.networks.values() if end.address] if is_local(engine) else []
    )
    published = container.joined.ports.get(f"{port}/tcp")
    for binding in published if isinstance(published, list) else []:
        if isinstance(binding, dict):
            host = str(binding.get("HostIp") or "")
            at = engine.address.host if host in {"", "0.0.0.0", "::"} else host  # noqa: S104  # read, not bound
            result.append((at, int(str(binding.get("HostPort") or 0))))
    return result


def can_be_asked(engine: Engine, desired: Wanted, port: int) -> bool:
    """Whether a probe of this port can be made by the driver."""
    mode = desired.component.network_mode
    if mode == "host":
        return True
    if mode and mode != "bridge":
        return False
    return is_local(engine) or bool(desired.component.ports.get(f"{port}/tcp"))


NEEDED = 64 * 1024**2
COMFORTABLE = 1024**3


def free(engine: Engine) -> int | None:
    """Bytes that are free where the engine keeps images and volumes; None where that cannot be known from here."""
    if not is_local(engine):
        return None
    try:
        return shutil.disk_usage(engine.info().root).free
    except OSError:
        return None


def objection(engine: Engine) -> Iterator[str]:
    """Without some room not even a container can be made."""
    room = free(engine)
    if room is not None and room < NEEDED:
        yield f"the engine's disk is full ({megabytes(room)} free); make room"


def warning(engine: Engine) -> Iterator[str]:
    room = free(engine)
    if room is not None and NEEDED <= room < COMFORTABLE:
        yield f"the engine's disk has little room left: {megabytes(room)} free"


def too_little(image: str, needed: int, room: int) -> str:
    return (
        f"the image {image} needs more than {megabytes(needed)}, and the engine has {megabytes(room)} free; make room"
    )


def megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
