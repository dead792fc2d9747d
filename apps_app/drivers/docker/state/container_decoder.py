"""A container in the words of the document, from what the engine says of it or would say of a wanted one."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import JsonValue

from apps_app.drivers.docker.api.models import Tree
from apps_app.drivers.docker.payload.desired_container import Wanted
from apps_app.formats.compose.errors import Weight
from apps_app.formats.docker_inspect.component import Reader
from apps_app.formats.docker_inspect.inspect_document import Container, Found, table, words
from apps_app.formats.docker_inspect.shared_resources import Around
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import parse_component

_ELSEWHERE = frozenset({"depends_on", "networks", "network_mode", "resources", "restart"})
"""What others than the container's making decide: who waits for whom, which networks it is in now, what is live."""
_LIVE_OPTIONS = frozenset({"memswap_limit", "cpu_shares", "cgroup", "runtime", "logging"})
_SHARED_OPTIONS = frozenset({"ipc", "pid", "volumes_from", "links"})
_IMAGES_OWN = ("Env", "Entrypoint", "Cmd", "User", "WorkingDir", "Healthcheck", "StopSignal")


@dataclass(frozen=True, slots=True)
class Told:
    """What was read, the volumes and networks that it uses, and what cannot be said in fields."""

    plain: Tree
    around: Around
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """How containers of one application are read. `volumes` and `networks` are key → name on the engine; `key_of` is
    the component of a container's id, or ""; `engine` is what the engine says of itself."""

    volumes: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    key_of: Callable[[str], str] = str
    engine: Tree = field(default_factory=dict)

    def told(self, key: str, document: Tree, image: Tree) -> Told:
        """The plain form without what only repeats the image. Raises SpecError where it has none."""
        resources = Around(Found(), dict(self.volumes), dict(self.networks))
        tree, notices = Reader(resources, self.engine, self.key_of).component(key, Container(_bare(document), image))
        mounts = {
            path: value for path, value in table(tree.get("mounts")).items() if not _is_the_images(path, value, image)
        }
        env = {name: text for name, text in table(tree.get("env")).items() if text is not None}
        plain = parse_component({**tree, "mounts": mounts, "env": env, "depends_on": {}}).plain
        return Told(plain, resources, tuple(notice.message for notice in notices if notice.weight is Weight.LOST))


def expected(desired: Wanted, image: Tree) -> Tree:
    """What the engine will say of a container that is made as wanted from this image."""
    own = table(image.get("Config"))
    config: Tree = {**{name: own[name] for name in (*_IMAGES_OWN, "Labels") if own.get(name)}, **desired.config}
    config["Env"] = _merged_env(words(own.get("Env")), words(desired.config.get("Env")))
    if words(desired.config.get("Entrypoint")) and "Cmd" not in desired.config:
        config.pop("Cmd", None)
    check = {**table(own.get("Healthcheck")), **table(desired.config.get("Healthcheck"))}
    config |= {"Healthcheck": dict[str, JsonValue](check)} if check else {}
    config["ExposedPorts"] = {**table(own.get("ExposedPorts")), **table(desired.config.get("ExposedPorts"))}
    config["Labels"] = {**table(own.get("Labels")), **desired.component.labels}
    host = {name: _as_resolved(value) for name, value in {**desired.host, **desired.live}.items()}
    return {
        "Config": config,
        "HostConfig": dict[str, JsonValue](host),
        "NetworkSettings": {"Networks": dict[str, JsonValue](desired.endpoints)},
    }


def made_of(uid: str, key: str, document: Tree) -> str:
    """A slow keyed digest of what cannot change in a container: it tells nothing, and another container's is another.
    "" for what makes no component."""
    try:
        tree = Words().told("", document, {}).plain
    except SpecError:
        return ""
    fixed = {name: value for name, value in tree.items() if name not in _ELSEWHERE}
    fixed["mounts"] = {path: mount for path, mount in table(tree.get("mounts")).items() if mount != {"kind": "volume"}}
    fixed["engine"] = {
        name: value for name, value in table(tree.get("engine")).items() if name not in _LIVE_OPTIONS | _SHARED_OPTIONS
    }
    text = json.dumps(fixed, sort_keys=True, ensure_ascii=False)
    return _slow(hashlib.sha256(text.encode()).hexdigest(), f"{uid}/{key}")


@lru_cache(maxsize=4096)
def _slow(digest: str, salt: str) -> str:
    return hashlib.scrypt(digest.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex()


def _bare(document: Tree) -> Tree:
    """Without what another tool noted on it, which would be read as meant."""
    config = table(document.get("Config"))
    labels = {name: value for name, value in table(config.get("Labels")).items() if not name.startswith("com.docker.")}
    return {**document, "Config": {**config, "Labels": dict[str, JsonValue](labels)}}


def _is_the_images(path: str, mount: JsonValue, image: Tree) -> bool:
    """A volume without a name where the image wants one."""
    return mount == {"kind": "volume"} and path in table(table(image.get("Config")).get("Volumes"))


def _merged_env(images: list[str], own: list[str]) -> list[JsonValue]:
    names = {name.partition("=")[0] for name in own}
    return [*(entry for entry in images if entry.partition("=")[0] not in names), *own]


def _as_resolved(value: JsonValue) -> JsonValue:
    """`service:web` as the engine says it: the container of web, here by its key."""
    if isinstance(value, str) and value.startswith("service:"):
        return f"container:{value.removeprefix('service:')}"
    return value
