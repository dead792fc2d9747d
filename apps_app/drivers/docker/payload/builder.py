"""A part → what it is to be on the engine. Every field is carried, or objected to by its name."""

import base64
from collections.abc import Callable

from pydantic import JsonValue

from apps_app.drivers.base import DriverError, Part, Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.duration import seconds
from apps_app.drivers.docker.api.models import Tree
from apps_app.drivers.docker.payload import devices, options
from apps_app.drivers.docker.payload.container_draft import Making
from apps_app.drivers.docker.payload.desired_container import LIVE, File, Wanted
from apps_app.drivers.docker.payload.healthcheck import healthcheck
from apps_app.drivers.docker.payload.mounts import carry_mounts
from apps_app.drivers.docker.payload.network_endpoints import endpoints_of
from apps_app.drivers.docker.payload.ports import bindings
from templates_app.appspec.interpolation.render import reveal
from templates_app.appspec.schema.component import ConfigFile
from templates_app.appspec.schema.errors import Fault, SpecError

_POLICIES = {"no", "always", "unless-stopped", "on-failure"}


def want(app: Placement, key: str, part: Part) -> Wanted:
    """The component in the engine's words, with the digest of its body. Raises as `carry` does."""
    return carry(app, key, part).with_body()


def carry(app: Placement, key: str, part: Part) -> Wanted:
    """The component in the engine's words. Raises DriverError with everything that cannot be carried."""
    desired, faults = read_part(app, key, part)
    if faults or desired is None:
        raise DriverError("; ".join(faults), permanent=True)
    return desired


def read_part(app: Placement, key: str, part: Part) -> tuple[Wanted | None, tuple[str, ...]]:
    """The component in the engine's words, and what cannot be carried, in sentences."""
    try:
        component = reveal(part.component, part.secrets)
    except SpecError as error:
        return None, tuple(f"{key}: {_told(fault, part)}" for fault in error.faults)
    making = Making(app, key, part, component)
    _process(making)
    live = _resources(making)
    making.host["PortBindings"] = making.tried("ports", lambda: bindings(component.ports), {})
    making.config["ExposedPorts"] = {port: {} for port in component.ports}
    carry_mounts(making)
    endpoints = endpoints_of(making)
    making.faults += options.carry(component.engine, making.config, making.host)
    live |= {name: making.host.pop(name) for name in LIVE if name in making.host}
    live.setdefault("RestartPolicy", {"Name": "no"})
    _memory_swap(live)
    files = tuple(filter(None, (_file(making, path, file) for path, file in sorted(component.config_files.items()))))
    _own_labels(making)
    replicas = making.tried("replicas", lambda: int(component.replicas), 1)
    desired = Wanted(
        app, key, part.digest, component, making.config, making.host, live, endpoints, files, max(replicas, 0)
    )
    if desired.explicit_name and desired.replicas > 1:
        making.faults.append("container_name names one container, and there are several replicas")
    return desired, tuple(f"{key}: {fault}" for fault in making.faults)


def _told(fault: Fault, part: Part) -> str:
    """The fault, without the value that it is about where that may hold a secret."""
    return f"{fault.path} is wrong once its secrets are in it" if part.secrets else str(fault)


def _process(making: Making) -> None:
    component, config = making.component, making.config
    if not component.image:
        making.faults.append("it has no image; name one")
    config["Image"] = component.image
    config["Env"] = [name if value is None else f"{name}={value}" for name, value in sorted(component.env.items())]
    if component.entrypoint is not None:
        config["Entrypoint"] = list(component.entrypoint)
    if component.command is not None:
        config["Cmd"] = list(component.command)
    texts = {"User": component.user, "WorkingDir": component.working_dir, "StopSignal": component.stop.signal}
    config |= {name: value for name, value in texts.items() if value}
    if component.stop.grace is not None:
        config["StopTimeout"] = round(seconds(component.stop.grace))
    check = making.tried("its probes", lambda: healthcheck(component, making.faults), None)
    if check is not None:
        config["Healthcheck"] = check


def _resources(making: Making) -> Tree:
    resources = making.component.resources
    live: Tree = {"RestartPolicy": _restart(making)} if making.component.restart else {}
    numbers: tuple[tuple[str, Callable[[], int | None]], ...] = (
        ("NanoCpus", lambda: None if resources.cpu_limit is None else round(float(resources.cpu_limit) * 1e9)),
        (
            "CpuShares",
            lambda: (
                None if resources.cpu_reservation is None else max(2, round(float(resources.cpu_reservation) * 1024))
            ),
        ),
        ("Memory", lambda: None if resources.memory_limit is None else int(resources.memory_limit)),
        (
            "MemoryReservation",
            lambda: None if resources.memory_reservation is None else int(resources.memory_reservation),
        ),
        ("PidsLimit", lambda: None if resources.pids_limit is None else int(resources.pids_limit)),
    )
    for name, read in numbers:
        value = making.tried("resources", read, None)
        if value:
            live[name] = value
    if resources.devices is not None:
        making.tried("resources.devices", lambda: devices.request(making.host, resources.devices), None)
    if making.component.kind == "job" and live.get("RestartPolicy", {"Name": "no"}) != {"Name": "no"}:
        _job_policy(making, live)
    if "RestartPolicy" in live:
        making.host["RestartPolicy"] = live["RestartPolicy"]
    return live


def _job_policy(making: Making, live: Tree) -> None:
    policy = live["RestartPolicy"]
    if isinstance(policy, dict) and policy.get("Name") != "on-failure":
        making.faults.append(f"restart '{making.component.restart}' would run a job without end; use on-failure or no")


def _restart(making: Making) -> JsonValue:
    name, _, count = making.component.restart.partition(":")
    if name not in _POLICIES or (count and not count.isdigit()):
        making.faults.append(f"restart '{making.component.restart}' is not known to a Docker Engine")
        return {"Name": "no"}
    return {"Name": name, "MaximumRetryCount": int(count)} if count else {"Name": name}


def _memory_swap(live: Tree) -> None:
    """The engine's own default said aloud, so that a limit can be changed later without stopping."""
    memory = live.get("Memory")
    if isinstance(memory, int) and "MemorySwap" not in live:
        live["MemorySwap"] = 2 * memory


def _file(making: Making, path: str, file: ConfigFile) -> File | None:
    fault = _misplaced(making, path, file)
    if fault:
        making.faults.append(fault)
        return None
    content = base64.b64decode(file.content) if file.encoding == "base64" else file.content.encode()
    return File(path, content, int(file.mode or "0444", 8), int(file.uid or 0), int(file.gid or 0))


def _misplaced(making: Making, path: str, file: ConfigFile) -> str:
    component = making.component
    if file.external:
        return f"the config file {path} is kept by the target as '{file.external}', and this engine keeps no configs"
    if not path.startswith("/"):
        return f"the config file {path} needs a whole path, beginning with /"
    if any(owner and not owner.isdigit() for owner in (file.uid, file.gid)):
        return f"the owner of the config file {path} has to be a number on this engine"
    under = [at for at in component.mounts if path == at or path.startswith(f"{at.rstrip('/')}/")]
    mount = component.mounts[max(under, key=len)] if under else None
    if mount is not None and mount.kind == "tmpfs":
        return f"the config file {path} lies in a temporary file system, which is empty at every start"
    if mount is not None and mount.kind == "host":
        return f"the config file {path} lies in the host path {mount.source}, where Uplift writes nothing"
    if mount is not None and mount.read_only is True:
        return f"the config file {path} lies in a mount that is read-only"
    if mount is None and making.host.get("ReadonlyRootfs") is True:
        return f"the config file {path} lies in a file system that read_only closes; put a volume there"
    return ""


def _own_labels(making: Making) -> None:
    used = sorted(name for name in making.component.labels if name.startswith(labels.PREFIX))
    if used:
        making.faults.append(f"the label {used[0]} begins with {labels.PREFIX}, which is Uplift's own")
