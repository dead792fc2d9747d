"""Host of an engine: whether it is this machine, which ports are reachable from here, and free disk space."""

import shutil
import socket
from collections.abc import Iterator, Sequence

from apps_app.drivers.docker.api.models import EngineContainer
from apps_app.drivers.docker.api.snapshot import AnyEngine
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.drivers.issues import IssueCode, PreflightIssue, Severity

MIN_FREE_BYTES = 64 * 1024**2
"""With less free disk space no container can be created."""
LOW_FREE_BYTES = 1024**3


def is_local(engine: AnyEngine) -> bool:
    """Whether the engine runs on this machine: it is reached by a socket and its bridge's gateway is our address."""
    if not engine.address.is_socket:
        return False
    bridge = engine.get_network("bridge")
    config = bridge.ipam.get("Config") if bridge is not None else None
    pools = config if isinstance(config, list) else []
    gateways = [str(pool["Gateway"]) for pool in pools if isinstance(pool, dict) and pool.get("Gateway")]
    return bool(gateways) and all(map(_is_own_address, gateways))


def _is_own_address(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe_socket:
            probe_socket.bind((address, 0))
    except OSError:
        return False
    return True


def list_probe_addresses(engine: AnyEngine, container: EngineContainer, port: int) -> Sequence[tuple[str, int]]:
    """Return the addresses where a port of a container is reachable: its own, and the published ones."""
    if container.host_config.get("NetworkMode") == "host":
        return [(engine.address.host, port)]
    settings = container.network_settings
    endpoints = settings.networks.values() if is_local(engine) else ()
    addresses = [(endpoint.address, port) for endpoint in endpoints if endpoint.address]
    published = settings.ports.get(f"{port}/tcp")
    for binding in published if isinstance(published, list) else []:
        if isinstance(binding, dict):
            host = str(binding.get("HostIp") or "")
            address = engine.address.host if host in {"", "0.0.0.0", "::"} else host  # noqa: S104  # read, not bound
            addresses.append((address, int(str(binding.get("HostPort") or 0))))
    return addresses


def is_port_reachable(engine: AnyEngine, desired: DesiredContainer, port: int) -> bool:
    """Whether the driver can run a probe of this port."""
    mode = desired.component.network_mode
    if mode == "host":
        return True
    if mode and mode != "bridge":
        return False
    return is_local(engine) or bool(desired.component.ports.get(f"{port}/tcp"))


def get_free_bytes(engine: AnyEngine) -> int | None:
    """Return the free bytes where the engine stores images and volumes; None where that is unknown."""
    if not is_local(engine):
        return None
    try:
        return shutil.disk_usage(engine.get_info().root).free
    except OSError:
        return None


def check_disk_full(engine: AnyEngine) -> Iterator[PreflightIssue]:
    """Yield an error where the disk has no space left for a container."""
    free = get_free_bytes(engine)
    if free is not None and free < MIN_FREE_BYTES:
        yield PreflightIssue(IssueCode.DISK_FULL, params={"free": format_megabytes(free)})


def check_disk_low(engine: AnyEngine) -> Iterator[PreflightIssue]:
    """Yield a warning where the disk is almost full."""
    free = get_free_bytes(engine)
    if free is not None and MIN_FREE_BYTES <= free < LOW_FREE_BYTES:
        yield PreflightIssue(IssueCode.DISK_LOW, Severity.WARNING, params={"free": format_megabytes(free)})


def describe_disk_shortage(image: str, required: int, free: int) -> str:
    """Return the message for an image that does not fit on the disk; sizes in bytes."""
    return (
        f"The image {image} needs more than {format_megabytes(required)}, but the target has {format_megabytes(free)} "
        "free. Free up space."
    )


def format_megabytes(count: int) -> str:
    """Return a number of bytes as megabytes ("340 MB")."""
    return f"{count / 1e6:.0f} MB"
