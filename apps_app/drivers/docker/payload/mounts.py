"""Mounts of a container: named and anonymous volumes, tmpfs, host paths."""

from functools import partial

from pydantic import JsonValue

from apps_app.drivers.docker.api.json_values import parse_bool, parse_pairs, parse_text
from apps_app.drivers.docker.api.labels import volume_name
from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.docker.payload.container_draft import ContainerDraft
from apps_app.drivers.issues import IssueCode
from templates_app.appspec.schema.component import Mount
from templates_app.appspec.schema.model import Volume

_KNOWN = {
    "volume": {"nocopy", "labels", "subpath", "consistency"},
    "host": {"propagation", "create_host_path", "selinux", "consistency", "recursive"},
    "tmpfs": {"flags"},
}


def build_mounts(draft: ContainerDraft) -> None:
    """Add every mount to the container's documents, or record an issue."""
    mounts: list[JsonValue] = []
    binds: list[JsonValue] = []
    temporary: InspectTree = {}
    for path, mount in sorted(draft.component.mounts.items()):
        if unknown := sorted(mount.options.keys() - _KNOWN[mount.kind]):
            draft.add_issue(IssueCode.UNSUPPORTED_FIELD, f"mounts.{path}.{unknown[0]}")
            continue
        field_path = f"mounts.{path}"
        if mount.kind == "volume":
            mounts.append(draft.try_read(field_path, partial(_build_volume, draft, path, mount), {}))
        elif mount.kind == "tmpfs":
            temporary[path] = _build_tmpfs(mount)
        elif draft.try_read(field_path, partial(_is_created_by_engine, mount), otherwise=True):
            binds.append(_build_bind(path, mount))
        else:
            mounts.append(_build_host_mount(path, mount))
    host: InspectTree = {"Mounts": mounts, "Binds": binds, "Tmpfs": temporary}
    draft.host |= {name: value for name, value in host.items() if value}


def _build_volume(draft: ContainerDraft, path: str, mount: Mount) -> JsonValue:
    tree: InspectTree = {"Type": "volume", "Target": path, "ReadOnly": mount.read_only is True}
    if mount.source:
        tree["Source"] = volume_name(draft.app, mount.source, draft.part.volumes.get(mount.source) or Volume())
    own: InspectTree = {}
    if "nocopy" in mount.options:
        own["NoCopy"] = parse_bool(mount.options["nocopy"])
    if "subpath" in mount.options:
        own["Subpath"] = parse_text(mount.options["subpath"])
    if "labels" in mount.options:
        own["Labels"] = parse_pairs(mount.options["labels"])
    return tree | ({"VolumeOptions": own} if own else {})


def _is_created_by_engine(mount: Mount) -> bool:
    """Whether the engine creates a missing host path, as the short syntax of Compose does."""
    return (
        parse_bool(mount.options.get("create_host_path", True))
        and "recursive" not in mount.options
        and ":" not in mount.source
    )


def _build_bind(path: str, mount: Mount) -> str:
    data = [
        "ro" if mount.read_only is True else "rw",
        str(mount.options.get("propagation") or ""),
        str(mount.options.get("selinux") or ""),
    ]
    return f"{mount.source}:{path}:{','.join(filter(None, data))}"


def _build_host_mount(path: str, mount: Mount) -> JsonValue:
    tree: InspectTree = {"Type": "bind", "Source": mount.source, "Target": path, "ReadOnly": mount.read_only is True}
    own: InspectTree = {}
    if propagation := mount.options.get("propagation"):
        own["Propagation"] = propagation
    if mount.options.get("recursive") == "disabled":
        own["NonRecursive"] = True
    return tree | ({"BindOptions": own} if own else {})


def _build_tmpfs(mount: Mount) -> str:
    data = [
        f"size={mount.size}" if mount.size is not None else "",
        f"mode={mount.mode}" if mount.mode is not None else "",
        "ro" if mount.read_only is True else "",
        str(mount.options.get("flags") or ""),
    ]
    return ",".join(filter(None, data))
