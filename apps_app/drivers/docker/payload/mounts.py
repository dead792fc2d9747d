"""Mounts: named and anonymous volumes, temporary file systems, paths of the host."""

from functools import partial

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import flag, pairs, text
from apps_app.drivers.docker.api.labels import volume_name
from apps_app.drivers.docker.api.models import Tree
from apps_app.drivers.docker.payload.container_draft import Making
from templates_app.appspec.schema.component import Mount
from templates_app.appspec.schema.model import Volume

_KNOWN = {
    "volume": {"nocopy", "labels", "subpath", "consistency"},
    "host": {"propagation", "create_host_path", "selinux", "consistency", "recursive"},
    "tmpfs": {"flags"},
}


def carry_mounts(making: Making) -> None:
    """Puts every mount into the container's documents, or objects to it."""
    mounts: list[JsonValue] = []
    binds: list[JsonValue] = []
    temporary: Tree = {}
    for path, mount in sorted(making.component.mounts.items()):
        if unknown := sorted(mount.options.keys() - _KNOWN[mount.kind]):
            making.faults.append(f"the mount at {path} says {unknown[0]}, which a Docker Engine does not understand")
            continue
        item = f"the mount at {path}"
        if mount.kind == "volume":
            mounts.append(making.tried(item, partial(_volume, making, path, mount), {}))
        elif mount.kind == "tmpfs":
            temporary[path] = _temporary(mount)
        elif making.tried(item, partial(_is_made, mount), otherwise=True):
            binds.append(_bind(path, mount))
        else:
            mounts.append(_host(path, mount))
    host: Tree = {"Mounts": mounts, "Binds": binds, "Tmpfs": temporary}
    making.host |= {name: value for name, value in host.items() if value}


def _volume(making: Making, path: str, mount: Mount) -> JsonValue:
    tree: Tree = {"Type": "volume", "Target": path, "ReadOnly": mount.read_only is True}
    if mount.source:
        tree["Source"] = volume_name(making.app, mount.source, making.part.volumes.get(mount.source) or Volume())
    own: Tree = {}
    if "nocopy" in mount.options:
        own["NoCopy"] = flag(mount.options["nocopy"])
    if "subpath" in mount.options:
        own["Subpath"] = text(mount.options["subpath"])
    if "labels" in mount.options:
        own["Labels"] = pairs(mount.options["labels"])
    return tree | ({"VolumeOptions": own} if own else {})


def _is_made(mount: Mount) -> bool:
    """Whether the engine makes a path of the host that is not there, as the short form always did."""
    return (
        flag(mount.options.get("create_host_path", True))
        and "recursive" not in mount.options
        and ":" not in mount.source
    )


def _bind(path: str, mount: Mount) -> str:
    data = [
        "ro" if mount.read_only is True else "rw",
        str(mount.options.get("propagation") or ""),
        str(mount.options.get("selinux") or ""),
    ]
    return f"{mount.source}:{path}:{','.join(filter(None, data))}"


def _host(path: str, mount: Mount) -> JsonValue:
    tree: Tree = {"Type": "bind", "Source": mount.source, "Target": path, "ReadOnly": mount.read_only is True}
    own: Tree = {}
    if propagation := mount.options.get("propagation"):
        own["Propagation"] = propagation
    if mount.options.get("recursive") == "disabled":
        own["NonRecursive"] = True
    return tree | ({"BindOptions": own} if own else {})


def _temporary(mount: Mount) -> str:
    data = [
        f"size={mount.size}" if mount.size is not None else "",
        f"mode={mount.mode}" if mount.mode is not None else "",
        "ro" if mount.read_only is True else "",
        str(mount.options.get("flags") or ""),
    ]
    return ",".join(filter(None, data))
