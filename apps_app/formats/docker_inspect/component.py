"""One container → one component of the document."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from apps_app.formats.compose.errors import Notice, Weight
from apps_app.formats.docker_inspect.inspect_document import DEPENDS_ON, Container, Tree, rows, table, words
from apps_app.formats.docker_inspect.mounts import Mounts
from apps_app.formats.docker_inspect.options import options, resources, restart
from apps_app.formats.docker_inspect.process import checked, exposed, process
from apps_app.formats.docker_inspect.shared_resources import BUILT_IN, Around

_CONDITIONS = {
    "service_started": "started",
    "service_healthy": "healthy",
    "service_completed_successfully": "completed",
}
_SPACES = {"IpcMode": "ipc", "PidMode": "pid"}
_USUAL_SPACES = frozenset({"", "private", "shareable"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the containers of one application; `key_of` is the component of a container's id or name, or ""."""

    around: Around
    engine: Tree
    key_of: Callable[[str], str]

    def component(self, key: str, container: Container) -> tuple[Tree, list[Notice]]:
        """The component's plain form, and what is to know about it."""
        mounts = Mounts(key, self.around.volume_key)
        probes, check = checked(container)
        notices = [*self._unknown(key, container)]
        shared, lost = self._shared(key, container)
        tree: Tree = {
            "image": self._image(key, container, notices),
            **process(container),
            "ports": exposed(container),
            "mounts": mounts.read(container),
            "probes": probes,
            "resources": resources(container),
            "restart": restart(container),
            **self._network(container, key),
            "depends_on": self._depends_on(container),
            "engine": {**options(container, self.engine), **check, **shared},
        }
        return {name: value for name, value in tree.items() if value not in ({}, [], "")} | _empty_words(tree), [
            *notices,
            *lost,
            *mounts.notices,
        ]

    def _image(self, key: str, container: Container, notices: list[Notice]) -> str:
        """By its name; one that was moved or never had a name is told."""
        name, names = str(container.config.get("Image") or ""), words(container.image.get("RepoTags"))
        if name.startswith("sha256:") or not name:
            digests = words(container.image.get("RepoDigests"))
            if known := next(iter([*names, *digests]), ""):
                return known
            notice = "its image has no name on this engine"
            notices.append(Notice(key, "image", notice, "Give it one, and name it here", Weight.LOST))
            return ""
        if container.image and names and "@" not in name and not _names(name, names):
            notice = f"it runs an older image than {name} is now"
            notices.append(Notice(key, "image", notice, "Its next change takes the image as it is then", Weight.OPEN))
        return name.replace("$", "$$")

    def _network(self, container: Container, key: str) -> Tree:
        mode = str(container.host.get("NetworkMode") or "")
        if mode.startswith("container:"):
            other = self.key_of(mode.removeprefix("container:"))
            return {"network_mode": f"service:{other}"} if other else {}
        if mode in BUILT_IN and (mode in {"host", "none"} or set(container.networks) <= BUILT_IN):
            return {"network_mode": "bridge" if mode == "default" else mode}
        return {"networks": self.around.uses(container, key)}

    def _shared(self, key: str, container: Container) -> tuple[Tree, list[Notice]]:
        """What it has together with other containers, by their components."""
        tree: Tree = {}
        lost = []
        modes = {"NetworkMode": "", **_SPACES}
        for field, name in modes.items():
            mode = str(container.host.get(field) or "")
            if mode.startswith("container:"):
                if other := self.key_of(mode.removeprefix("container:")):
                    tree |= {name: f"service:{other}"} if name else {}
                else:
                    lost.append(_lost(key, name or "network_mode", "it shares with a container that is not taken in"))
            elif name and mode not in _USUAL_SPACES:
                tree[name] = mode
        lenders = [self._lender(entry) for entry in words(container.host.get("VolumesFrom"))]
        if all(lenders) and lenders:
            tree["volumes_from"] = list[JsonValue](lenders)
        elif lenders:
            lost.append(_lost(key, "volumes_from", "it has the volumes of a container that is not taken in"))
        if links := [*self._links(container)]:
            tree["links"] = list[JsonValue](links)
        return tree, lost

    def _lender(self, entry: str) -> str:
        name, _, mode = entry.partition(":")
        other = self.key_of(name)
        return f"{other}:{mode}" if other and mode and mode != "rw" else other

    def _links(self, container: Container) -> Iterator[str]:
        """`/shop-db-1:/shop-web-1/database`."""
        for entry in words(container.host.get("Links")):
            name, _, alias = entry.partition(":")
            if other := self.key_of(name.strip("/")):
                yield f"{other}:{alias.rpartition('/')[2]}"

    def _depends_on(self, container: Container) -> Tree:
        """Compose notes it on the container: `db:service_healthy:true,cache:service_started:false`."""
        tree: Tree = {}
        for entry in filter(None, container.labels.get(DEPENDS_ON, "").split(",")):
            service, condition, repeated = [*entry.split(":"), "", ""][:3]
            if key := self.key_of(service):
                message: Tree = {"condition": _CONDITIONS.get(condition, "started")}
                tree[key] = message | ({"restart": True} if repeated == "true" else {})
        return tree

    def _unknown(self, key: str, container: Container) -> Iterator[Notice]:
        """What a container can be and a component cannot."""
        if container.host.get("AutoRemove"):
            yield _lost(key, "auto_remove", "it removes itself when it ends; its component does not")
        if container.host.get("PublishAllPorts"):
            yield _lost(key, "ports", "it publishes all its ports wherever there is room; name the ports here")
        hidden = container.host.get("MaskedPaths")
        if hidden == [] and not container.host.get("Privileged"):
            yield _lost(
                key, "security_opt", "it sees paths of the system that are hidden otherwise; that is not carried"
            )
        for request in map(table, rows(container.host.get("Mounts"))):
            if request.get("ClusterOptions"):
                yield _lost(key, "mounts", "a mount of a cluster is not carried")


def _empty_words(tree: Tree) -> Tree:
    """An entrypoint or command that was emptied is not the same as none."""
    return {name: tree[name] for name in ("entrypoint", "command") if tree.get(name) == []}


def _lost(key: str, place: str, message: str) -> Notice:
    return Notice(key, place, message, weight=Weight.LOST)


def _names(name: str, names: list[str]) -> bool:
    bare = name.removeprefix("docker.io/").removeprefix("library/")
    desired = {bare, bare if ":" in bare.rpartition("/")[2] else f"{bare}:latest"}
    return any(item.removeprefix("docker.io/").removeprefix("library/") in desired for item in names)
