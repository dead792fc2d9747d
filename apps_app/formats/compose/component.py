"""One canonical service → one component of the document."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from pydantic import JsonValue

from apps_app.formats.compose.bind_mounts import Carrier
from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.source_file import Report, Tree, as_list, as_map, is_name
from apps_app.formats.compose.write_service import EXTENSION
from templates_app.appspec.interpolation.syntax import TextError, literal, plain
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
    tree: Tree = {"depends_on": _depends_on(rest)}
    tree |= {field: rest.pop(key) for key, field in _TEXTS.items() if key in rest}
    for field, form in _PARTS.items():
        tree[field] = form(rest)
    tree["env"] = dict(env)
    tree["mounts"], tree["config_files"], remaining = carrier.mounts(name, rest)
    tree["probes"], check = _probes(rest.pop("healthcheck", None), carrier.report, name)
    engine = _engine(name, rest, carrier.report) | check | ({"volumes": remaining} if remaining else {})
    ours = as_map(engine.pop(EXTENSION, None))
    tree |= {field: value for field, value in ours.items() if field in _OURS}
    if more := {field: value for field, value in ours.items() if field not in _OURS}:
        engine[EXTENSION] = more
    return {field: value for field, value in (tree | {"engine": engine}).items() if value not in (None, {}, "")}


def _words(key: str) -> Callable[[Tree], JsonValue]:
    return lambda rest: rest.pop(key, None)


def _ports(rest: Tree) -> JsonValue:
    result: dict[str, Tree] = {str(port): {} for port in as_list(rest.pop("expose", None))}
    for entry in as_list(rest.pop("ports", None)):
        port = as_map(entry)
        options = {key: port[key] for key in ("name", "app_protocol") if port.get(key)}
        if port.get("mode") not in (None, "ingress"):
            options["mode"] = port["mode"]
        result.setdefault(f"{port.get('target')}/{port.get('protocol')}", {})[str(port.get("binding") or "")] = options
    return dict(result)


def _networks(rest: Tree) -> JsonValue:
    tree: Tree = {}
    for name, use in as_map(rest.pop("networks", None)).items():
        data = dict(as_map(use))
        known: Tree = {key: data.pop(key) for key in ("aliases", "ipv4_address", "ipv6_address") if data.get(key)}
        tree[name] = known | ({"options": data} if data else {})
    return tree


def _depends_on(rest: Tree) -> JsonValue:
    tree: Tree = {}
    for name, value in as_map(rest.pop("depends_on", None)).items():
        message = as_map(value)
        condition = _CONDITIONS.get(str(message.get("condition")), message.get("condition"))
        tree[name] = {
            "condition": condition,
            "required": message.get("required", True),
            "restart": message.get("restart", False),
        }
    for other, restart in _implied(rest):
        tree.setdefault(other, {"condition": "started", "required": True, "restart": restart})
    return tree


def _implied(rest: Tree) -> list[tuple[str, bool]]:
    """Services that others keys lean on: Compose starts them first too."""
    links = [(str(value).split(":")[0], True) for value in as_list(rest.get("links"))]
    shared = [str(rest.get(key) or "") for key in _NAMESPACES]
    spaces = [(name.removeprefix(_SERVICE), True) for name in shared if name.startswith(_SERVICE)]
    lent = [str(value) for value in as_list(rest.get("volumes_from"))]
    return links + spaces + [(name.split(":")[0], False) for name in lent if not name.startswith("container:")]


def _stop(rest: Tree) -> JsonValue:
    data = {"signal": rest.pop("stop_signal", None), "grace": rest.pop("stop_grace_period", None)}
    return {key: value for key, value in data.items() if value is not None}


def _replicas(rest: Tree) -> JsonValue:
    deploy = as_map(rest.get("deploy"))
    if "replicas" in deploy:
        rest["deploy"] = {key: value for key, value in deploy.items() if key != "replicas"}
    scale = rest.pop("scale", None)
    return scale if scale is not None else deploy.get("replicas")


def _resources(rest: Tree) -> JsonValue:
    tree: Tree = {}
    for key, field in _RESOURCES.items():
        if rest.get(key) not in (None, 0, "0"):
            tree[field] = rest.pop(key)
    deploy = dict(as_map(rest.get("deploy")))
    resources = dict(as_map(deploy.pop("resources", None)))
    for side, fields in (("limits", _LIMITS), ("reservations", _RESERVATIONS)):
        values = dict(as_map(resources.pop(side, None)))
        tree |= {field: values.pop(key) for key, field in fields.items() if values.get(key) is not None}
        if values:
            resources[side] = values
    if resources:
        deploy["resources"] = resources
    if "deploy" in rest:
        rest["deploy"] = deploy
    return tree


def _probes(value: JsonValue, report: Report, name: str) -> tuple[Tree, Tree]:
    """The health check as the readiness probe; or, as the engine's, one that only sets an image's own check's times."""
    check = as_map(value)
    if not check:
        return {}, {}
    test = [str(item) for item in as_list(check.get("test"))]
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
        if isinstance(message := engine.get(key), str) and "$" not in message:
            try:
                engine[key] = form(message)
            except ValueError:
                report.fault(f"services.{name}.{key}", f"'{message}' is not {_WANTED[form]}")
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
    """Names and texts. A name without a value refers to the variable of that name, where that has one.

    A reference in an env file is resolved as Compose 2.40 does: a variable of the project, else a value of the
    service's own `environment`, else an earlier line, else an earlier file.
    """
    own = as_map(service.get("environment"))
    outer = {**_resolved(own, values), **values}
    read: dict[str, str] = {}
    for entry in as_list(service.get("env_file")):
        read |= _read(name, "env_file", as_map(entry), files, outer, report, earlier=read)
    result: dict[str, str | None] = {key: literal(value) for key, value in read.items()}
    for key, value in own.items():
        if value is None:
            result[key] = _variable(key, values)
        else:
            result[key] = str(value)
    return result


def _resolved(own: Tree, values: Mapping[str, str]) -> dict[str, str]:
    """The values of `environment` without references. What cannot be resolved is reported where it is rendered."""
    result: dict[str, str] = {}
    for key, value in own.items():
        if value is not None:
            with suppress(TextError):
                result[key] = plain(str(value), values)
    return result


def _variable(name: str, values: Mapping[str, str]) -> str | None:
    """A reference to the variable; its value where the name is none that a reference can hold."""
    if name not in values:
        return None
    return f"${{{name}}}" if is_name(name) else literal(values[name])


def labels(
    name: str, service: Tree, files: Mapping[str, bytes], values: Mapping[str, str], report: Report
) -> dict[str, str]:
    """Labels of label files, and above them those of the service."""
    result: dict[str, str] = {}
    for entry in as_list(service.get("label_file")):
        read = _read(name, "label_file", as_map(entry), files, values, report)
        result |= {literal(key): literal(value) for key, value in read.items()}
    return result | {key: str(value) for key, value in as_map(service.get("labels")).items()}


def _read(
    name: str,
    key: str,
    entry: Tree,
    files: Mapping[str, bytes],
    values: Mapping[str, str],
    report: Report,
    *,
    earlier: Mapping[str, str] | None = None,
) -> dict[str, str]:
    path = str(entry.get("path"))
    if path in files:
        return read_env(path, files[path], values, earlier=earlier, raw=entry.get("format") == "raw")
    if entry.get("required", True) in (True, "true"):
        report.fault(f"services.{name}.{key}", f"{path} was not given: {report.advice.give}")
    else:
        report.notice(name, key, f"{path} was not given, and is not required")
    return {}
