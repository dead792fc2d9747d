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

    def read(self, one: Container) -> Tree:
        """By path, in the document's words; what cannot be carried is listed."""
        found: Tree = {}
        for path, mount in (*self._binds(one), *self._mounts(one), *self._temporary(one)):
            found[literal(path)] = mount
        for mounted in one.mounted:
            path, name = str(mounted.get("Destination")), str(mounted.get("Name") or "")
            if mounted.get("Type") == "volume" and literal(path) not in found:
                self._unlisted(found, one, path, name)
        return found

    def _unlisted(self, found: Tree, one: Container, path: str, name: str) -> None:
        """A volume that nobody asked for: the image declares it, or another container lends it."""
        if path in table(one.defaults.get("Volumes")) and _UNNAMED.fullmatch(name):
            self._note(f"{path} is a volume without a name; its data is taken over as long as it stays here")
        elif not one.host.get("VolumesFrom"):
            found[literal(path)] = self._volume(name)

    def _volume(self, name: str, **more: JsonValue) -> Tree:
        if not name or _UNNAMED.fullmatch(name):
            return {"kind": "volume", **more}
        return {"kind": "volume", "source": self.volume_key(name), **more}

    def _binds(self, one: Container) -> Iterator[tuple[str, JsonValue]]:
        for entry in words(one.host.get("Binds")):
            source, _, rest = entry.partition(":")
            path, _, flags = rest.partition(":")
            said = set(filter(None, flags.split(",")))
            more: Tree = {"read_only": True} if "ro" in said else {}
            if source.startswith("/"):
                yield path, self._host(source, more, _bind_options(said))
            elif not path:
                yield source, {"kind": "volume"}
            else:
                more |= {"options": {"nocopy": True}} if "nocopy" in said else {}
                yield path, self._volume(source, **more)

    def _mounts(self, one: Container) -> Iterator[tuple[str, JsonValue]]:
        for mount in map(table, rows(one.host.get("Mounts"))):
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
                said = f"the {kind} mount at {path} was not carried"
                self._note(said, "Put what is in it into the image, or into a volume", Weight.LOST)

    def _temporary(self, one: Container) -> Iterator[tuple[str, JsonValue]]:
        for path, flags in table(one.host.get("Tmpfs")).items():
            yield path, {"kind": "tmpfs", **_tmpfs_flags(str(flags or ""))}

    def _host(self, source: str, more: Tree, options: Tree) -> Tree:
        self._note(f"{source} is a path of the host, and stays one", "It must exist on every target")
        return {"kind": "host", "source": literal(source), **more, **({"options": options} if options else {})}

    def _note(self, message: str, action: str = "", weight: Weight = Weight.KEPT) -> None:
        self.notices.append(Notice(self.key, "mounts", message, action, weight))


def _bind_options(said: set[str]) -> Tree:
    known = (("propagation", _PROPAGATION), ("selinux", _SECURITY), ("consistency", _CONSISTENCY))
    return {name: found for name, words_ in known if (found := next(iter(sorted(said & words_)), ""))}


def _volume_options(mount: Tree) -> Tree:
    said = table(mount.get("VolumeOptions"))
    found: Tree = {"nocopy": True} if said.get("NoCopy") else {}
    found |= {"subpath": literal(str(said["Subpath"]))} if said.get("Subpath") else {}
    own = {name: literal(str(text)) for name, text in table(said.get("Labels")).items()}
    return found | ({"labels": dict[str, JsonValue](own)} if own else {})


def _host_options(mount: Tree) -> Tree:
    said = table(mount.get("BindOptions"))
    found: Tree = {"propagation": said["Propagation"]} if said.get("Propagation") else {}
    found |= {"recursive": "disabled"} if said.get("NonRecursive") else {}
    return found if said.get("CreateMountpoint") else {**found, "create_host_path": False}


def _tmpfs_options(mount: Tree) -> Tree:
    size, mode = at(mount, "TmpfsOptions", "SizeBytes"), at(mount, "TmpfsOptions", "Mode")
    found: Tree = {"size": size} if size else {}
    return found | ({"mode": f"{number(mode):04o}"} if mode else {})


def _tmpfs_flags(text: str) -> Tree:
    """`size=64m,mode=1777,noexec` as Compose's short form says it."""
    found: Tree = {}
    flags = []
    for one in filter(None, text.split(",")):
        name, _, value = one.partition("=")
        if name in {"size", "mode"} and value:
            found[name] = value
        elif one == "ro":
            found["read_only"] = True
        else:
            flags.append(one)
    return found | ({"options": {"flags": ",".join(flags)}} if flags else {})
