"""Compose's short forms taken apart: ports, volumes, temporary file systems, names with values.

Each function takes plain text in which a character may stand for a reference, and raises ValueError in words.
"""

import ipaddress
import posixpath
import re

from pydantic import JsonValue

from apps_app.sources.compose.variables import has_stand_in
from templates_app.spec.scalars import bytes_of

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
    rest, _, container = address.rpartition(":")
    host_ip, _, published = rest.rpartition(":")
    host_ip = _ip(host_ip, entry)
    pairs = _paired(entry, container, published)
    return [_port(target, one, host_ip, protocol) for target, one in pairs]


def _port(target: str, published: str, host_ip: str, protocol: str) -> JsonValue:
    said: Tree = {"target": target, "protocol": protocol, "mode": "ingress"}
    if published:
        said["published"] = published
    return {**said, "host_ip": host_ip} if host_ip else said


def _ip(text: str, entry: str) -> str:
    if not text or has_stand_in(text):
        return text
    bare = text.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(bare)
    except ValueError as error:
        raise ValueError(f"'{entry}': '{bare}' is not an IP address") from error
    return bare


def _paired(entry: str, container: str, published: str) -> list[tuple[str, str]]:
    if not container:
        raise ValueError(f"'{entry}' names no port of the container")
    if has_stand_in(container + published):
        return [(container, published)]
    inside, outside = _range(container, entry), _range(published, entry) if published else None
    if outside is None:
        return [(str(port), "") for port in inside]
    if len(inside) == 1 and len(outside) > 1:
        return [(str(inside[0]), f"{outside[0]}-{outside[-1]}")]
    if len(inside) != len(outside):
        raise ValueError(f"'{entry}' pairs {len(outside)} ports of the host with {len(inside)} of the container")
    return [(str(one), str(other)) for one, other in zip(inside, outside, strict=True)]


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
    said: Tree = {"source": parts[0], "target": clean(parts[1])}
    return said | _options(parts[2] if len(parts) > 2 else "")


def _sections(entry: str) -> list[str]:
    drive = _DRIVE.match(entry)
    start = drive.end() if drive else 0
    parts = entry[start:].split(":")
    parts[0] = entry[:start] + parts[0]
    if "" in parts:
        raise ValueError(f"'{entry}' has an empty part between its colons")
    return parts


def _options(text: str) -> Tree:
    said: Tree = {}
    for option in filter(None, text.split(",")):
        if option in ("ro", "rw"):
            said["read_only"] = option == "ro"
        elif option == "nocopy":
            said["volume"] = {"nocopy": True}
        elif option in _PROPAGATIONS:
            said["bind"] = {**_map(said.get("bind")), "propagation": option}
        elif option in ("z", "Z"):
            said["bind"] = {**_map(said.get("bind")), "selinux": option}
        elif has_stand_in(option):
            raise ValueError(f"'{option}' is not an option yet")
    return said


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
    said: Tree = {"type": "tmpfs", "target": clean(path)}
    flags: list[str] = []
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        if name == "size" and not value.endswith("%"):
            said["size"] = value if has_stand_in(value) else bytes_of(value)
        elif name == "mode":
            said["mode"] = value
        else:
            flags.append(option)
    return {**said, "flags": ",".join(flags)}


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
