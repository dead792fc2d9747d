"""Builds the desired container of a component. Every field is used, or reported as an issue by its name."""

import base64
from collections.abc import Callable

from pydantic import JsonValue

from apps_app.drivers.base import ComponentPart, DriverError, Placement
from apps_app.drivers.docker.api import labels
from apps_app.drivers.docker.api.json_values import parse_seconds
from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.docker.payload import options
from apps_app.drivers.docker.payload.container_draft import ContainerDraft
from apps_app.drivers.docker.payload.desired_container import LIVE_FIELDS, DesiredContainer, InjectedFile
from apps_app.drivers.docker.payload.healthcheck import build_healthcheck
from apps_app.drivers.docker.payload.mounts import build_mounts
from apps_app.drivers.docker.payload.network_endpoints import build_endpoints, build_port_bindings
from apps_app.drivers.issues import IssueCode, PreflightIssue
from apps_app.presenters.preflight_messages import describe_issue
from templates_app.appspec.interpolation.render import reveal_secrets
from templates_app.appspec.schema.component import ConfigFile
from templates_app.appspec.schema.errors import Fault, SpecError

_POLICIES = {"no", "always", "unless-stopped", "on-failure"}


def build_desired_container(app: Placement, key: str, part: ComponentPart) -> DesiredContainer:
    """Return the desired container with the digest of its body. Raises DriverError as `build_payload` does."""
    return build_payload(app, key, part).with_body()


def build_payload(app: Placement, key: str, part: ComponentPart) -> DesiredContainer:
    """Return the desired container. Raises DriverError with every issue of the component."""
    desired, issues = read_part(app, key, part)
    if issues or desired is None:
        raise DriverError(" ".join(map(describe_issue, issues)), permanent=True)
    return desired


def read_part(
    app: Placement, key: str, part: ComponentPart
) -> tuple[DesiredContainer | None, tuple[PreflightIssue, ...]]:
    """Return the desired container, or None where the component cannot be rendered, and its issues."""
    try:
        component = reveal_secrets(part.component, part.secrets)
    except SpecError as error:
        return None, tuple(_build_fault_issue(key, fault, part) for fault in error.faults)
    draft = ContainerDraft(app, key, part, component)
    _build_process(draft)
    live = _build_resources(draft)
    draft.host["PortBindings"] = draft.try_read("ports", lambda: build_port_bindings(component.ports), {})
    draft.config["ExposedPorts"] = {port: {} for port in component.ports}
    build_mounts(draft)
    endpoints = build_endpoints(draft)
    options.apply_options(draft)
    live |= {name: draft.host.pop(name) for name in LIVE_FIELDS if name in draft.host}
    live.setdefault("RestartPolicy", {"Name": "no"})
    _set_default_memory_swap(live)
    files = (_build_file(draft, path, file) for path, file in sorted(component.config_files.items()))
    injected = tuple(file for file in files if file is not None)
    _check_reserved_labels(draft)
    replicas = max(draft.try_read("replicas", lambda: int(component.replicas), 1), 0)
    desired = DesiredContainer(
        app, key, part.digest, component, draft.config, draft.host, live, endpoints, injected, replicas
    )
    if desired.explicit_name and desired.replicas > 1:
        draft.add_issue(IssueCode.CONTAINER_NAME_REPLICAS, desired.explicit_name)
    return desired, tuple(draft.issues)


def _build_fault_issue(key: str, fault: Fault, part: ComponentPart) -> PreflightIssue:
    """Return the issue of a fault, without its message where that may contain a secret value."""
    if part.secrets:
        return PreflightIssue(IssueCode.INVALID_SECRET_VALUE, component=key, resource=fault.path)
    params = {"reason": fault.message}
    return PreflightIssue(IssueCode.INVALID_FIELD, component=key, resource=fault.path, params=params)


def _build_process(draft: ContainerDraft) -> None:
    component, config = draft.component, draft.config
    if not component.image:
        draft.add_issue(IssueCode.IMAGE_NOT_SET)
    config["Image"] = component.image
    config["Env"] = [name if value is None else f"{name}={value}" for name, value in sorted(component.env.items())]
    if component.entrypoint is not None:
        config["Entrypoint"] = list(component.entrypoint)
    if component.command is not None:
        config["Cmd"] = list(component.command)
    texts = {"User": component.user, "WorkingDir": component.working_dir, "StopSignal": component.stop.signal}
    config |= {name: value for name, value in texts.items() if value}
    if component.stop.grace is not None:
        config["StopTimeout"] = round(parse_seconds(component.stop.grace))
    check = draft.try_read("probes", lambda: build_healthcheck(draft), None)
    if check is not None:
        config["Healthcheck"] = check


def _build_resources(draft: ContainerDraft) -> InspectTree:
    resources = draft.component.resources
    live: InspectTree = {"RestartPolicy": _parse_restart_policy(draft)} if draft.component.restart else {}
    cpu_limit, cpu_reservation = resources.cpu_limit, resources.cpu_reservation
    numbers: tuple[tuple[str, Callable[[], int | None]], ...] = (
        ("NanoCpus", lambda: None if cpu_limit is None else round(float(cpu_limit) * 1e9)),
        ("CpuShares", lambda: None if cpu_reservation is None else max(2, round(float(cpu_reservation) * 1024))),
        ("Memory", lambda: _to_integer(resources.memory_limit)),
        ("MemoryReservation", lambda: _to_integer(resources.memory_reservation)),
        ("PidsLimit", lambda: _to_integer(resources.pids_limit)),
    )
    for name, read in numbers:
        value = draft.try_read("resources", read, None)
        if value:
            live[name] = value
    if resources.devices is not None:
        draft.try_read("resources.devices", lambda: options.set_device_requests(draft.host, resources.devices), None)
    if draft.component.kind == "job" and live.get("RestartPolicy", {"Name": "no"}) != {"Name": "no"}:
        _check_job_policy(draft, live)
    if "RestartPolicy" in live:
        draft.host["RestartPolicy"] = live["RestartPolicy"]
    return live


def _to_integer(value: str | int | None) -> int | None:
    return None if value is None else int(value)


def _check_job_policy(draft: ContainerDraft, live: InspectTree) -> None:
    policy = live["RestartPolicy"]
    if isinstance(policy, dict) and policy.get("Name") != "on-failure":
        draft.add_issue(IssueCode.RESTART_NEVER_ENDS, "restart", value=draft.component.restart)


def _parse_restart_policy(draft: ContainerDraft) -> JsonValue:
    name, _, count = draft.component.restart.partition(":")
    if name not in _POLICIES or (count and not count.isdigit()):
        draft.add_issue(IssueCode.UNSUPPORTED_VALUE, "restart", value=draft.component.restart)
        return {"Name": "no"}
    return {"Name": name, "MaximumRetryCount": int(count)} if count else {"Name": name}


def _set_default_memory_swap(live: InspectTree) -> None:
    """Set the engine's own default explicitly: a memory limit can be changed in a running container only with it."""
    memory = live.get("Memory")
    if isinstance(memory, int) and "MemorySwap" not in live:
        live["MemorySwap"] = 2 * memory


def _build_file(draft: ContainerDraft, path: str, file: ConfigFile) -> InjectedFile | None:
    if not (_is_injectable(draft, path, file) and _is_writable(draft, path)):
        return None
    content = base64.b64decode(file.content) if file.encoding == "base64" else file.content.encode()
    return InjectedFile(path, content, int(file.mode or "0444", 8), int(file.uid or 0), int(file.gid or 0))


def _is_injectable(draft: ContainerDraft, path: str, file: ConfigFile) -> bool:
    if file.external:
        draft.add_issue(IssueCode.CONFIG_FILE_EXTERNAL, path, name=file.external)
    elif not path.startswith("/"):
        draft.add_issue(IssueCode.CONFIG_FILE_PATH, path)
    elif any(owner and not owner.isdigit() for owner in (file.uid, file.gid)):
        draft.add_issue(IssueCode.CONFIG_FILE_OWNER, path)
    else:
        return True
    return False


def _is_writable(draft: ContainerDraft, path: str) -> bool:
    """Check that a config file can be written where it belongs; record an issue otherwise."""
    mounts = draft.component.mounts
    parents = [target for target in mounts if path == target or path.startswith(f"{target.rstrip('/')}/")]
    mount = mounts[max(parents, key=len)] if parents else None
    if mount is not None and mount.kind == "tmpfs":
        draft.add_issue(IssueCode.CONFIG_FILE_IN_TMPFS, path)
    elif mount is not None and mount.kind == "host":
        draft.add_issue(IssueCode.CONFIG_FILE_IN_HOST_PATH, path, path=mount.source)
    elif mount is not None and mount.read_only is True:
        draft.add_issue(IssueCode.CONFIG_FILE_READ_ONLY, path, field="mounts.read_only")
    elif mount is None and draft.host.get("ReadonlyRootfs") is True:
        draft.add_issue(IssueCode.CONFIG_FILE_READ_ONLY, path, field="read_only")
    else:
        return True
    return False


def _check_reserved_labels(draft: ContainerDraft) -> None:
    reserved = sorted(name for name in draft.component.labels if name.startswith(labels.PREFIX))
    if reserved:
        draft.add_issue(IssueCode.RESERVED_LABEL, reserved[0], prefix=labels.PREFIX)
