"""Compose's short forms taken apart: ports, volumes, temporary file systems, names with values.

Each function takes plain text in which a character may stand for a reference, and raises ValueError in words.
"""

import ipaddress
import posixpath
import re

from pydantic import JsonValue

from apps_app.formats.compose.variables import has_stand_in
from templates_app.appspec.schema.scalars import bytes_of

type Tree = dict[str, JsonValue]

_PROTOCOLS = ("tcp", "udp", "sctp")
_HIGHEST_PORT = 65535
_MOST_OF_A_RANGE = 2000
_PROPAGATIONS = {"rprivate", "private", "rshared", "shared", "rslave", "slave"}
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def ports(entry: str) -> JsonValue:
    """`[[IP:]HOST:]CONTAINER[/PROTOCOL]`, both sides perhaps ranges → one long form for each container port."""
    address, _, protocol = entry.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in _PROTOCOLS and not has_stand_in(protocol):
        raise ValueError(f"'{entry}': '{protocol}' is not one of {', '.join(_PROTOCOLS)}")
    outside, _, container = address.rpartition(":")
    return [_port(target, binding, protocol) for target, binding in _paired(entry, container, outside)]


def _port(target: str, binding: str, protocol: str) -> JsonValue:
    return {"target": target, "binding": binding, "protocol": protocol, "mode": "ingress"}


def binding(host_ip: str, published: str) -> str:
    """An address of the host as the document writes it: `8080`, `127.0.0.1:8080`, `[::1]:8080`, `127.0.0.1:`."""
    bare = host_ip.removeprefix("[").removesuffix("]")
    if not bare:
        return published
    if not has_stand_in(bare):
        try:
            ipaddress.ip_address(bare)
        except ValueError as error:
            raise ValueError(f"'{bare}' is not an IP address") from error
    return f"[{bare}]:{published}" if ":" in bare else f"{bare}:{published}"


def _paired(entry: str, container: str, outside: str) -> list[tuple[str, str]]:
    """Each port of the container with its address of the host."""
    if not container:
        raise ValueError(f"'{entry}' names no port of the container")
    if has_stand_in(container + outside):
        return [(container, outside)]
    host_ip, _, published = outside.rpartition(":")
    inside = _range(container, entry)
    return [
        (str(port), binding(host_ip, name))
        for port, name in zip(inside, _published(entry, inside, published), strict=True)
    ]


def _published(entry: str, inside: range, published: str) -> list[str]:
    if not published:
        return [""] * len(inside)
    ports_of = _range(published, entry)
    if len(inside) == 1 and len(ports_of) > 1:
        return [f"{ports_of[0]}-{ports_of[-1]}"]
    if len(inside) != len(ports_of):
        raise ValueError(f"'{entry}' pairs {len(ports_of)} ports of the host with {len(inside)} of the container")
    return [str(port) for port in ports_of]


def _range(text: str, entry: str) -> range:
    first, _, last = text.partition("-")
    if not (first.isascii() and first.isdigit() and (last or first).isascii() and (last or first).isdigit()):
        raise ValueError(f"'{entry}': '{text}' is neither a port nor a range such as 3000-3005")
    ports_of = range(int(first), int(last or first) + 1)
    if not ports_of or ports_of[-1] > _HIGHEST_PORT:
        raise ValueError(f"'{entry}': '{text}' is no range of ports up to {_HIGHEST_PORT}")
    if len(ports_of) > _MOST_OF_A_RANGE:
        raise ValueError(f"'{entry}' is a range of {len(ports_of)} ports; up to {_MOST_OF_A_RANGE} are read")
    return ports_of


def exposed(entry: str) -> JsonValue:
    """`PORT[-PORT][/PROTOCOL]` → the ports."""
    container, _, protocol = entry.partition("/")
    if has_stand_in(entry):
        return [f"{container}/{protocol or 'tcp'}"]
    return [f"{port}/{protocol.lower() or 'tcp'}" for port in _range(container, entry)]


def volume(entry: str) -> JsonValue:
    """`[SOURCE:]TARGET[:OPTIONS]` → source, target and options; whether it is a path is decided elsewhere."""
    parts = _sections(entry)
    if len(parts) == 1:
        return {"target": clean(parts[0])}
    if len(parts) > 3:
        raise ValueError(f"'{entry}' has too many colons")
    tree: Tree = {"source": parts[0], "target": clean(parts[1])}
    return tree | _options(parts[2] if len(parts) > 2 else "")


def _sections(entry: str) -> list[str]:
    drive = _DRIVE.match(entry)
    start = drive.end() if drive else 0
    parts = entry[start:].split(":")
    parts[0] = entry[:start] + parts[0]
    if "" in parts:
        raise ValueError(f"'{entry}' has an empty part between its colons")
    return parts


def _options(text: str) -> Tree:
    tree: Tree = {}
    for option in filter(None, text.split(",")):
        if option in ("ro", "rw"):
            tree["read_only"] = option == "ro"
        elif option == "nocopy":
            tree["volume"] = {"nocopy": True}
        elif option in _PROPAGATIONS:
            tree["bind"] = {**_map(tree.get("bind")), "propagation": option}
        elif option in ("z", "Z"):
            tree["bind"] = {**_map(tree.get("bind")), "selinux": option}
        elif has_stand_in(option):
            raise ValueError(f"'{option}' is not an option yet")
    return tree


def _map(value: JsonValue) -> Tree:
    return value if isinstance(value, dict) else {}


def clean(path: str) -> str:
    """A path without doubled, trailing or stepping-back parts."""
    if not path or has_stand_in(path):
        return path
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def is_path(source: str) -> bool:
    """Whether the source of a short volume is a path of the host, not the name of a volume."""
    return (source[:1] in (".", "/", "~") and bool(source)) or source.startswith("\\\\") or bool(_DRIVE.match(source))


def tmpfs(entry: str) -> JsonValue:
    """`PATH[:OPTIONS]` → a long form; options that have no field stay as flags."""
    path, _, options = entry.partition(":")
    tree: Tree = {"type": "tmpfs", "target": clean(path)}
    flags: list[str] = []
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        if name == "size" and not value.endswith("%"):
            tree["size"] = value if has_stand_in(value) else bytes_of(value)
        elif name == "mode":
            tree["mode"] = value
        else:
            flags.append(option)
    return {**tree, "flags": ",".join(flags)}


def pair(entry: str) -> JsonValue:
    """`NAME=VALUE` → [NAME, VALUE]; without `=`, [NAME]."""
    name, equals, value = entry.partition("=")
    if not equals and has_stand_in(name):
        raise ValueError(f"'{entry}' has no '=' yet")
    return [name, value] if equals else [name]


def host(entry: str) -> JsonValue:
    """`NAME=ADDRESS` or `NAME:ADDRESS` → `NAME=ADDRESS`."""
    separator = "=" if "=" in entry else ":"
    name, _, address = entry.partition(separator)
    if not address:
        raise ValueError(f"'{entry}' is not a name with an address")
    return f"{name}={address.removeprefix('[').removesuffix(']')}"
