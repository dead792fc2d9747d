"""What lies in a container from outside: named and unnamed volumes, paths of the host, temporary file systems."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pydantic import JsonValue

from apps_app.formats.compose.errors import Notice, Weight
from apps_app.formats.docker_inspect.inspect_document import Container, Tree, at, number, rows, table, words
from templates_app.appspec.interpolation.syntax import literal

_UNNAMED = re.compile(r"[0-9a-f]{64}")
_PROPAGATION = {"private", "rshared", "shared", "slave", "rslave"}
_SECURITY = {"z", "Z"}
_CONSISTENCY = {"consistent", "cached", "delegated"}


@dataclass
class Mounts:
    """`volume_key` says under which key the document has a volume of the engine."""

    key: str
    volume_key: Callable[[str], str]
    notices: list[Notice] = field(default_factory=list)

    def read(self, container: Container) -> Tree:
        """By path, in the document's words; what cannot be carried is listed."""
        tree: Tree = {}
        for path, mount in (*self._binds(container), *self._mounts(container), *self._temporary(container)):
            tree[literal(path)] = mount
        for mounted in container.mounted:
            path, name = str(mounted.get("Destination")), str(mounted.get("Name") or "")
            if mounted.get("Type") == "volume" and literal(path) not in tree:
                self._unlisted(tree, container, path, name)
        return tree

    def _unlisted(self, tree: Tree, container: Container, path: str, name: str) -> None:
        """A volume that nobody asked for: the image declares it, or another container lends it."""
        if path in table(container.defaults.get("Volumes")) and _UNNAMED.fullmatch(name):
            self._note(f"{path} is a volume without a name; its data is taken over as long as it stays here")
        elif not container.host.get("VolumesFrom"):
            tree[literal(path)] = self._volume(name)

    def _volume(self, name: str, **more: JsonValue) -> Tree:
        if not name or _UNNAMED.fullmatch(name):
            return {"kind": "volume", **more}
        return {"kind": "volume", "source": self.volume_key(name), **more}

    def _binds(self, container: Container) -> Iterator[tuple[str, JsonValue]]:
        for entry in words(container.host.get("Binds")):
            source, _, rest = entry.partition(":")
            path, _, flags = rest.partition(":")
            data = set(filter(None, flags.split(",")))
            more: Tree = {"read_only": True} if "ro" in data else {}
            if source.startswith("/"):
                yield path, self._host(source, more, _bind_options(data))
            elif not path:
                yield source, {"kind": "volume"}
            else:
                more |= {"options": {"nocopy": True}} if "nocopy" in data else {}
                yield path, self._volume(source, **more)

    def _mounts(self, container: Container) -> Iterator[tuple[str, JsonValue]]:
        for mount in map(table, rows(container.host.get("Mounts"))):
            path, kind = str(mount.get("Target")), str(mount.get("Type"))
            more: Tree = {"read_only": True} if mount.get("ReadOnly") else {}
            if kind == "volume":
                options = _volume_options(mount)
                yield (
                    path,
                    self._volume(str(mount.get("Source") or ""), **more, **({"options": options} if options else {})),
                )
            elif kind == "bind":
                yield path, self._host(str(mount.get("Source")), more, _host_options(mount))
            elif kind == "tmpfs":
                yield path, {"kind": "tmpfs", **more, **_tmpfs_options(mount)}
            else:
                text = f"the {kind} mount at {path} was not carried"
                self._note(text, "Put what is in it into the image, or into a volume", Weight.LOST)

    def _temporary(self, container: Container) -> Iterator[tuple[str, JsonValue]]:
        for path, flags in table(container.host.get("Tmpfs")).items():
            yield path, {"kind": "tmpfs", **_tmpfs_flags(str(flags or ""))}

    def _host(self, source: str, more: Tree, options: Tree) -> Tree:
        self._note(f"{source} is a path of the host, and stays one", "It must exist on every target")
        return {"kind": "host", "source": literal(source), **more, **({"options": options} if options else {})}

    def _note(self, message: str, action: str = "", weight: Weight = Weight.KEPT) -> None:
        self.notices.append(Notice(self.key, "mounts", message, action, weight))


def _bind_options(data: set[str]) -> Tree:
    known = (("propagation", _PROPAGATION), ("selinux", _SECURITY), ("consistency", _CONSISTENCY))
    return {name: text for name, words_ in known if (text := next(iter(sorted(data & words_)), ""))}


def _volume_options(mount: Tree) -> Tree:
    tree = table(mount.get("VolumeOptions"))
    result: Tree = {"nocopy": True} if tree.get("NoCopy") else {}
    result |= {"subpath": literal(str(tree["Subpath"]))} if tree.get("Subpath") else {}
    own = {name: literal(str(text)) for name, text in table(tree.get("Labels")).items()}
    return result | ({"labels": dict[str, JsonValue](own)} if own else {})


def _host_options(mount: Tree) -> Tree:
    tree = table(mount.get("BindOptions"))
    result: Tree = {"propagation": tree["Propagation"]} if tree.get("Propagation") else {}
    result |= {"recursive": "disabled"} if tree.get("NonRecursive") else {}
    return result if tree.get("CreateMountpoint") else {**result, "create_host_path": False}


def _tmpfs_options(mount: Tree) -> Tree:
    size, mode = at(mount, "TmpfsOptions", "SizeBytes"), at(mount, "TmpfsOptions", "Mode")
    tree: Tree = {"size": size} if size else {}
    return tree | ({"mode": f"{number(mode):04o}"} if mode else {})


def _tmpfs_flags(text: str) -> Tree:
    """`size=64m,mode=1777,noexec` as Compose's short form says it."""
    tree: Tree = {}
    flags = []
    for item in filter(None, text.split(",")):
        name, _, value = item.partition("=")
        if name in {"size", "mode"} and value:
            tree[name] = value
        elif item == "ro":
            tree["read_only"] = True
        else:
            flags.append(item)
    return tree | ({"options": {"flags": ",".join(flags)}} if flags else {})
