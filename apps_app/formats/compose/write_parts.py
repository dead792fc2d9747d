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
    tree: Tree = {"ports": published} if published else {}
    return tree | ({"expose": exposed} if exposed else {})


def _port_order(port: str) -> tuple[int, str]:
    number = port.partition("/")[0]
    return (int(number) if number.isdigit() else 0, port)


def _published(number: str, protocol: str, binding: str, options: PortOptions) -> JsonValue:
    if options == PortOptions():
        suffix = "" if protocol == "tcp" else f"/{protocol}"
        return f"{binding}:{number}{suffix}" if binding else number + suffix
    port: Tree = {"target": int(number) if number.isdigit() else number, "protocol": protocol}
    host_ip, separator, published = binding.rpartition(":")
    if separator:
        port["host_ip"] = host_ip.removeprefix("[").removesuffix("]")
    if published:
        port["published"] = published
    return port | tree(options)


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
    tree: Tree = {"volumes": volumes} if volumes else {}
    return tree | ({"tmpfs": temporary} if temporary else {})


def _short(path: str, mount: Mount) -> str:
    plain = not mount.options and mount.size is None and mount.mode is None and isinstance(mount.read_only, bool)
    if not plain or mount.kind == "tmpfs" or ":" in path + mount.source or (mount.read_only and not mount.source):
        return ""
    return ":".join(filter(None, [mount.source, path, "ro" if mount.read_only else ""]))


def _long(path: str, mount: Mount) -> Tree:
    tree: Tree = {"type": "bind" if mount.kind == "host" else mount.kind}
    if mount.source:
        tree["source"] = mount.source
    tree["target"] = path
    if mount.read_only is not False:
        tree["read_only"] = mount.read_only
    options: Tree = dict(mount.options)
    tree |= {"consistency": options.pop("consistency")} if "consistency" in options else {}
    if mount.kind == "tmpfs":
        options |= {name: value for name, value in (("size", mount.size), ("mode", _mode(mount))) if value is not None}
    elif mount.kind == "host":
        options.setdefault("create_host_path", True)
    if options:
        tree[str(tree["type"])] = options
    return tree


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
    tree: Tree = {"test": ["CMD-SHELL", probe.shell] if probe.shell is not None else ["CMD", *(probe.command or ())]}
    timing: Tree = {
        "interval": probe.interval,
        "timeout": probe.timeout,
        "retries": probe.retries,
        "start_period": probe.start_period,
        "start_interval": probe.start_interval,
    }
    return tree | {name: value for name, value in timing.items() if value is not None}


def networks(entries: Mapping[str, NetworkUse]) -> Tree:
    """A list while no network says more than its name."""
    if not entries:
        return {}
    if all(use == NetworkUse() for use in entries.values()):
        return {"networks": list[JsonValue](sorted(entries))}
    return {"networks": {key: _network(entries[key]) for key in sorted(entries)}}


def _network(use: NetworkUse) -> JsonValue:
    tree: Tree = {}
    if use.aliases:
        tree["aliases"] = list(use.aliases)
    tree |= {
        name: value for name, value in (("ipv4_address", use.ipv4_address), ("ipv6_address", use.ipv6_address)) if value
    }
    return {**tree, **use.options} or None


def depends_on(entries: Mapping[str, Dependency]) -> Tree:
    """A list while every dependency only has to be started."""
    if not entries:
        return {}
    if all(entry == Dependency() for entry in entries.values()):
        return {"depends_on": list[JsonValue](sorted(entries))}
    return {"depends_on": {key: _dependency(entries[key]) for key in sorted(entries)}}


def _dependency(dependency: Dependency) -> Tree:
    words = {"started": "service_started", "healthy": "service_healthy", "completed": "service_completed_successfully"}
    tree: Tree = {"condition": words[dependency.condition]}
    if dependency.required is not True:
        tree["required"] = dependency.required
    if dependency.restart is not False:
        tree["restart"] = dependency.restart
    return tree
