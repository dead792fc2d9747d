"""One canonical service → one component of the document."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from apps_app.formats.compose.bind_mounts import Carrier
from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.source_file import Report, Tree, as_list, as_map, is_name
from apps_app.formats.compose.write_service import EXTENSION
from templates_app.appspec.interpolation.syntax import literal
from templates_app.appspec.schema.scalars import bytes_of

_TEXTS = {"image": "image", "user": "user", "working_dir": "working_dir", "network_mode": "network_mode"}
_CONDITIONS = {
    "service_started": "started",
    "service_healthy": "healthy",
    "service_completed_successfully": "completed",
}
_TIMINGS = ("interval", "timeout", "retries", "start_period", "start_interval")
_RESOURCES = {
    "cpus": "cpu_limit",
    "mem_limit": "memory_limit",
    "mem_reservation": "memory_reservation",
    "pids_limit": "pids_limit",
}
_LIMITS = {"cpus": "cpu_limit", "memory": "memory_limit", "pids": "pids_limit"}
_RESERVATIONS = {"cpus": "cpu_reservation", "memory": "memory_reservation", "devices": "devices"}

_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
_SERVICE = "service:"
_OURS = ("name", "kind", "run", "health_gate", "data_compatible", "probes")
_READ_ELSEWHERE = {"build", "develop", "profiles", "env_file", "label_file", "extends", "environment"}


def component(name: str, service: Tree, env: Mapping[str, str | None], carrier: Carrier) -> Tree:
    """The component's plain form; what the document has no field for is kept under `engine`."""
    rest = {key: value for key, value in service.items() if key not in _READ_ELSEWHERE}
    said: Tree = {"depends_on": _depends_on(rest)}
    said |= {field: rest.pop(key) for key, field in _TEXTS.items() if key in rest}
    for field, form in _PARTS.items():
        said[field] = form(rest)
    said["env"] = dict(env)
    said["mounts"], said["config_files"], kept = carrier.mounts(name, rest)
    said["probes"], check = _probes(rest.pop("healthcheck", None), carrier.report, name)
    engine = _engine(name, rest, carrier.report) | check | ({"volumes": kept} if kept else {})
    ours = as_map(engine.pop(EXTENSION, None))
    said |= {field: value for field, value in ours.items() if field in _OURS}
    if more := {field: value for field, value in ours.items() if field not in _OURS}:
        engine[EXTENSION] = more
    return {field: value for field, value in (said | {"engine": engine}).items() if value not in (None, {}, "")}


def _words(key: str) -> Callable[[Tree], JsonValue]:
    return lambda rest: rest.pop(key, None)


def _ports(rest: Tree) -> JsonValue:
    found: dict[str, Tree] = {str(port): {} for port in as_list(rest.pop("expose", None))}
    for entry in as_list(rest.pop("ports", None)):
        port = as_map(entry)
        options = {key: port[key] for key in ("name", "app_protocol") if port.get(key)}
        if port.get("mode") not in (None, "ingress"):
            options["mode"] = port["mode"]
        found.setdefault(f"{port.get('target')}/{port.get('protocol')}", {})[str(port.get("binding") or "")] = options
    return dict(found)


def _networks(rest: Tree) -> JsonValue:
    found: Tree = {}
    for name, use in as_map(rest.pop("networks", None)).items():
        said = dict(as_map(use))
        known: Tree = {key: said.pop(key) for key in ("aliases", "ipv4_address", "ipv6_address") if said.get(key)}
        found[name] = known | ({"options": said} if said else {})
    return found


def _depends_on(rest: Tree) -> JsonValue:
    found: Tree = {}
    for name, one in as_map(rest.pop("depends_on", None)).items():
        said = as_map(one)
        condition = _CONDITIONS.get(str(said.get("condition")), said.get("condition"))
        found[name] = {
            "condition": condition,
            "required": said.get("required", True),
            "restart": said.get("restart", False),
        }
    for other, restart in _implied(rest):
        found.setdefault(other, {"condition": "started", "required": True, "restart": restart})
    return found


def _implied(rest: Tree) -> list[tuple[str, bool]]:
    """Services that others keys lean on: Compose starts them first too."""
    links = [(str(one).split(":")[0], True) for one in as_list(rest.get("links"))]
    shared = [str(rest.get(key) or "") for key in _NAMESPACES]
    spaces = [(one.removeprefix(_SERVICE), True) for one in shared if one.startswith(_SERVICE)]
    lent = [str(one) for one in as_list(rest.get("volumes_from"))]
    return links + spaces + [(one.split(":")[0], False) for one in lent if not one.startswith("container:")]


def _stop(rest: Tree) -> JsonValue:
    said = {"signal": rest.pop("stop_signal", None), "grace": rest.pop("stop_grace_period", None)}
    return {key: value for key, value in said.items() if value is not None}


def _replicas(rest: Tree) -> JsonValue:
    deploy = as_map(rest.get("deploy"))
    if "replicas" in deploy:
        rest["deploy"] = {key: value for key, value in deploy.items() if key != "replicas"}
    scale = rest.pop("scale", None)
    return scale if scale is not None else deploy.get("replicas")


def _resources(rest: Tree) -> JsonValue:
    found: Tree = {}
    for key, field in _RESOURCES.items():
        if rest.get(key) not in (None, 0, "0"):
            found[field] = rest.pop(key)
    deploy = dict(as_map(rest.get("deploy")))
    resources = dict(as_map(deploy.pop("resources", None)))
    for side, fields in (("limits", _LIMITS), ("reservations", _RESERVATIONS)):
        values = dict(as_map(resources.pop(side, None)))
        found |= {field: values.pop(key) for key, field in fields.items() if values.get(key) is not None}
        if values:
            resources[side] = values
    if resources:
        deploy["resources"] = resources
    if "deploy" in rest:
        rest["deploy"] = deploy
    return found


def _probes(said: JsonValue, report: Report, name: str) -> tuple[Tree, Tree]:
    """The health check as the readiness probe; or, as the engine's, one that only sets an image's own check's times."""
    check = as_map(said)
    if not check:
        return {}, {}
    test = [str(one) for one in as_list(check.get("test"))]
    timing: Tree = {key: check[key] for key in _TIMINGS if check.get(key) is not None}
    if str(check.get("disable")).lower() == "true" or test[:1] == ["NONE"]:
        return {"readiness": {"disabled": True}}, {}
    if test[:1] == ["CMD"]:
        return {"readiness": {"command": list[JsonValue](test[1:]), **timing}}, {}
    if test[:1] == ["CMD-SHELL"] and len(test) == 2:
        return {"readiness": {"shell": test[1], **timing}}, {}
    if test and test[0] != "CMD-SHELL":
        report.fault(f"services.{name}.healthcheck.test", "must start with CMD, CMD-SHELL or NONE")
    return {}, {"healthcheck": {**timing, **({"test": list[JsonValue](test)} if test else {})}}


def _engine(name: str, rest: Tree, report: Report) -> Tree:
    engine: Tree = {key: value for key, value in rest.items() if value not in (None, [], {})}
    for key, form in _TYPED.items():
        if isinstance(said := engine.get(key), str) and "$" not in said:
            try:
                engine[key] = form(said)
            except ValueError:
                report.fault(f"services.{name}.{key}", f"'{said}' is not {_WANTED[form]}")
    return engine


def _boolean(text: str) -> bool:
    known = {"true": True, "y": True, "yes": True, "on": True, "false": False, "n": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _bytes(text: str) -> int:
    return int(text) if text.startswith("-") else bytes_of(text)


_WANTED: dict[Callable[[str], JsonValue], str] = {
    _boolean: "true or false",
    _bytes: "a size such as 64m",
    int: "a number",
}
_TYPED: dict[str, Callable[[str], JsonValue]] = {
    **dict.fromkeys(("init", "tty", "stdin_open", "privileged", "read_only", "oom_kill_disable"), _boolean),
    **dict.fromkeys(("shm_size", "memswap_limit"), _bytes),
    **dict.fromkeys(("oom_score_adj", "cpu_shares", "cpu_quota", "cpu_period", "mem_swappiness"), int),
}


_PARTS: dict[str, Callable[[Tree], JsonValue]] = {
    "entrypoint": _words("entrypoint"),
    "command": _words("command"),
    "restart": _words("restart"),
    "labels": _words("labels"),
    "ports": _ports,
    "networks": _networks,
    "stop": _stop,
    "replicas": _replicas,
    "resources": _resources,
}


def environment(
    name: str, service: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str | None]:
    """Names and texts. A name without a value refers to the variable of that name, where that has one."""
    found: dict[str, str | None] = {}
    for entry in as_list(service.get("env_file")):
        read = _read(name, "env_file", as_map(entry), files, values, report)
        found |= {key: literal(value) for key, value in read.items()}
    for key, value in as_map(service.get("environment")).items():
        if value is None:
            found[key] = _variable(key, values)
        else:
            found[key] = str(value)
    return found


def _variable(name: str, values: Mapping[str, str]) -> str | None:
    """A reference to the variable; its value where the name is none that a reference can hold."""
    if name not in values:
        return None
    return f"${{{name}}}" if is_name(name) else literal(values[name])


def labels(
    name: str, service: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str]:
    """Labels of label files, and above them those of the service."""
    found: dict[str, str] = {}
    for entry in as_list(service.get("label_file")):
        read = _read(name, "label_file", as_map(entry), files, values, report)
        found |= {literal(key): literal(value) for key, value in read.items()}
    return found | {key: str(value) for key, value in as_map(service.get("labels")).items()}


def _read(
    name: str, key: str, entry: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str]:
    path = str(entry.get("path"))
    if path in files:
        return read_env(path, files[path], values, raw=entry.get("format") == "raw")
    if entry.get("required", True) in (True, "true"):
        report.fault(f"services.{name}.{key}", f"{path} was not given: {report.advice.give}")
    else:
        report.notice(name, key, f"{path} was not given, and is not required")
    return {}
