"""The parts of a component that Compose writes in forms of its own."""

from collections.abc import Mapping

from pydantic import JsonValue

from templates_app.appspec.schema.component import Dependency, Mount, NetworkUse, PortOptions, Probe, ProbeKind
from templates_app.appspec.schema.serialize import tree

type Tree = dict[str, JsonValue]

_PREFERRED: tuple[ProbeKind, ...] = ("readiness", "liveness", "startup")


def ports(entries: Mapping[str, Mapping[str, PortOptions]]) -> Tree:
    """`ports` for what is published and `expose` for what is not."""
    published: list[JsonValue] = []
    exposed: list[JsonValue] = []
    for port in sorted(entries, key=_port_order):
        number, _, protocol = port.partition("/")
        suffix = "" if protocol == "tcp" else f"/{protocol}"
        if not entries[port]:
            exposed.append(number + suffix)
        bindings = entries[port]
        published += [_published(number, protocol, binding, bindings[binding]) for binding in sorted(bindings)]
    said: Tree = {"ports": published} if published else {}
    return said | ({"expose": exposed} if exposed else {})


def _port_order(port: str) -> tuple[int, str]:
    number = port.partition("/")[0]
    return (int(number) if number.isdigit() else 0, port)


def _published(number: str, protocol: str, binding: str, options: PortOptions) -> JsonValue:
    if options == PortOptions():
        suffix = "" if protocol == "tcp" else f"/{protocol}"
        return f"{binding}:{number}{suffix}" if binding else number + suffix
    said: Tree = {"target": int(number) if number.isdigit() else number, "protocol": protocol}
    host_ip, separator, published = binding.rpartition(":")
    if separator:
        said["host_ip"] = host_ip.removeprefix("[").removesuffix("]")
    if published:
        said["published"] = published
    return said | tree(options)


def mounts(entries: Mapping[str, Mount]) -> Tree:
    """`volumes`, and `tmpfs` for those with flags that only its short form takes."""
    volumes: list[JsonValue] = []
    temporary: list[JsonValue] = []
    for path in sorted(entries):
        mount = entries[path]
        if mount.kind == "tmpfs" and "flags" in mount.options:
            temporary.append(_tmpfs(path, mount))
        else:
            volumes.append(_short(path, mount) or _long(path, mount))
    said: Tree = {"volumes": volumes} if volumes else {}
    return said | ({"tmpfs": temporary} if temporary else {})


def _short(path: str, mount: Mount) -> str:
    plain = not mount.options and mount.size is None and mount.mode is None and isinstance(mount.read_only, bool)
    if not plain or mount.kind == "tmpfs" or ":" in path + mount.source or (mount.read_only and not mount.source):
        return ""
    return ":".join(filter(None, [mount.source, path, "ro" if mount.read_only else ""]))


def _long(path: str, mount: Mount) -> Tree:
    said: Tree = {"type": "bind" if mount.kind == "host" else mount.kind}
    if mount.source:
        said["source"] = mount.source
    said["target"] = path
    if mount.read_only is not False:
        said["read_only"] = mount.read_only
    options: Tree = dict(mount.options)
    said |= {"consistency": options.pop("consistency")} if "consistency" in options else {}
    if mount.kind == "tmpfs":
        options |= {name: value for name, value in (("size", mount.size), ("mode", _mode(mount))) if value is not None}
    elif mount.kind == "host":
        options.setdefault("create_host_path", True)
    if options:
        said[str(said["type"])] = options
    return said


def _mode(mount: Mount) -> JsonValue:
    if mount.mode is None or "$" in mount.mode:
        return mount.mode
    return int(mount.mode, 8)


def _tmpfs(path: str, mount: Mount) -> str:
    flags = str(mount.options["flags"]).split(",") if mount.options["flags"] else []
    size = [f"size={mount.size}"] if mount.size is not None else []
    mode = [f"mode={mount.mode}"] if mount.mode is not None else []
    return ":".join(filter(None, [path, ",".join([*size, *mode, *flags])]))


def healthcheck(probes: Mapping[ProbeKind, Probe]) -> Tree:
    """The one check that Compose knows: the first of readiness, liveness and startup that runs a command."""
    for name in _PREFERRED:
        probe = probes.get(name)
        if probe is None or probe.http is not None or probe.tcp is not None:
            continue
        if probe.disabled is True:
            return {"healthcheck": {"disable": True}}
        return {"healthcheck": _check(probe)}
    return {}


def _check(probe: Probe) -> Tree:
    said: Tree = {"test": ["CMD-SHELL", probe.shell] if probe.shell is not None else ["CMD", *(probe.command or ())]}
    timing: Tree = {
        "interval": probe.interval,
        "timeout": probe.timeout,
        "retries": probe.retries,
        "start_period": probe.start_period,
        "start_interval": probe.start_interval,
    }
    return said | {name: value for name, value in timing.items() if value is not None}


def networks(entries: Mapping[str, NetworkUse]) -> Tree:
    """A list while no network says more than its name."""
    if not entries:
        return {}
    if all(use == NetworkUse() for use in entries.values()):
        return {"networks": list[JsonValue](sorted(entries))}
    return {"networks": {key: _network(entries[key]) for key in sorted(entries)}}


def _network(use: NetworkUse) -> JsonValue:
    said: Tree = {}
    if use.aliases:
        said["aliases"] = list(use.aliases)
    said |= {
        name: value for name, value in (("ipv4_address", use.ipv4_address), ("ipv6_address", use.ipv6_address)) if value
    }
    return {**said, **use.options} or None


def depends_on(entries: Mapping[str, Dependency]) -> Tree:
    """A list while every dependency only has to be started."""
    if not entries:
        return {}
    if all(one == Dependency() for one in entries.values()):
        return {"depends_on": list[JsonValue](sorted(entries))}
    return {"depends_on": {key: _dependency(entries[key]) for key in sorted(entries)}}


def _dependency(one: Dependency) -> Tree:
    words = {"started": "service_started", "healthy": "service_healthy", "completed": "service_completed_successfully"}
    said: Tree = {"condition": words[one.condition]}
    if one.required is not True:
        said["required"] = one.required
    if one.restart is not False:
        said["restart"] = one.restart
    return said
