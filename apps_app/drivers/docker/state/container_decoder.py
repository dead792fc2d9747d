"""Decodes inspect documents, live or expected ones, into component specs."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import JsonValue

from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.docker.payload.desired_container import DesiredContainer
from apps_app.formats.compose.errors import NoticeSeverity
from apps_app.formats.docker_inspect.component import ContainerReader
from apps_app.formats.docker_inspect.inspect_document import InspectedContainer, InspectedEngine, table, words
from apps_app.formats.docker_inspect.shared_resources import SharedResources
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.parse import parse_component

_MUTABLE_FIELDS = frozenset({"depends_on", "networks", "network_mode", "resources", "restart"})
"""Fields that can change without a new container."""
_LIVE_OPTIONS = frozenset({"memswap_limit", "cpu_shares", "cgroup", "runtime", "logging"})
_SHARED_OPTIONS = frozenset({"ipc", "pid", "volumes_from", "links"})
_IMAGE_FIELDS = ("Env", "Entrypoint", "Cmd", "User", "WorkingDir", "Healthcheck", "StopSignal")


@dataclass(frozen=True, slots=True)
class DecodedContainer:
    """A component as plain data, the volumes and networks it uses, and messages about what specs cannot express."""

    plain: InspectTree
    shared_resources: SharedResources
    unreadable: tuple[str, ...]


@dataclass(frozen=True)
class ContainerDecoder:
    """Decodes the containers of one application.

    `volumes` and `networks` are names on the engine by key; `key_of` returns the component of a container id, or "";
    `engine` has the engine's defaults.
    """

    volumes: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    key_of: Callable[[str], str] = str
    engine: InspectTree = field(default_factory=dict)

    def decode(self, key: str, document: InspectTree, image: InspectTree) -> DecodedContainer:
        """Return the component without what only repeats the image. Raises SpecError where it cannot be expressed."""
        resources = SharedResources(InspectedEngine(), dict(self.volumes), dict(self.networks))
        tree, notices = ContainerReader(resources, self.engine, self.key_of).component(
            key, InspectedContainer(_remove_tool_labels(document), image)
        )
        mounts = {
            path: value for path, value in table(tree.get("mounts")).items() if not _is_image_volume(path, value, image)
        }
        env = {name: text for name, text in table(tree.get("env")).items() if text is not None}
        plain = parse_component({**tree, "mounts": mounts, "env": env, "depends_on": {}}).plain
        return DecodedContainer(
            plain, resources, tuple(notice.message for notice in notices if notice.weight is NoticeSeverity.LOST)
        )


def build_expected_document(desired: DesiredContainer, image: InspectTree) -> InspectTree:
    """Return the inspect document that a desired container of this image will have."""
    own = table(image.get("Config"))
    config: InspectTree = {
        **{name: own[name] for name in (*_IMAGE_FIELDS, "Labels") if own.get(name)},
        **desired.config,
    }
    config["Env"] = _merge_env(words(own.get("Env")), words(desired.config.get("Env")))
    if words(desired.config.get("Entrypoint")) and "Cmd" not in desired.config:
        config.pop("Cmd", None)
    check = {**table(own.get("Healthcheck")), **table(desired.config.get("Healthcheck"))}
    config |= {"Healthcheck": dict[str, JsonValue](check)} if check else {}
    config["ExposedPorts"] = {**table(own.get("ExposedPorts")), **table(desired.config.get("ExposedPorts"))}
    config["Labels"] = {**table(own.get("Labels")), **desired.component.labels}
    host = {name: _resolve_service(value) for name, value in {**desired.host, **desired.live}.items()}
    return {
        "Config": config,
        "HostConfig": dict[str, JsonValue](host),
        "NetworkSettings": {"Networks": dict[str, JsonValue](desired.endpoints)},
    }


def compute_config_digest(uid: str, key: str, document: InspectTree) -> str:
    """Return a slow keyed digest of what cannot change in a container; "" where it makes no component.

    It is stored in a label, so it must not reveal secrets, not even by comparison with another container's digest.
    """
    try:
        tree = ContainerDecoder().decode("", document, {}).plain
    except SpecError:
        return ""
    fixed = {name: value for name, value in tree.items() if name not in _MUTABLE_FIELDS}
    fixed["mounts"] = {path: value for path, value in table(tree.get("mounts")).items() if value != {"kind": "volume"}}
    fixed["engine"] = {
        name: value for name, value in table(tree.get("engine")).items() if name not in _LIVE_OPTIONS | _SHARED_OPTIONS
    }
    text = json.dumps(fixed, sort_keys=True, ensure_ascii=False)
    return _hash_slowly(hashlib.sha256(text.encode()).hexdigest(), f"{uid}/{key}")


@lru_cache(maxsize=4096)
def _hash_slowly(digest: str, salt: str) -> str:
    return hashlib.scrypt(digest.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex()


def _remove_tool_labels(document: InspectTree) -> InspectTree:
    """Return the document without labels of Docker's tools, which are not part of a spec."""
    config = table(document.get("Config"))
    labels = {name: value for name, value in table(config.get("Labels")).items() if not name.startswith("com.docker.")}
    return {**document, "Config": {**config, "Labels": dict[str, JsonValue](labels)}}


def _is_image_volume(path: str, mount: JsonValue, image: InspectTree) -> bool:
    """Whether a mount is the anonymous volume that the image declares."""
    return mount == {"kind": "volume"} and path in table(table(image.get("Config")).get("Volumes"))


def _merge_env(images: list[str], own: list[str]) -> list[JsonValue]:
    names = {name.partition("=")[0] for name in own}
    return [*(entry for entry in images if entry.partition("=")[0] not in names), *own]


def _resolve_service(value: JsonValue) -> JsonValue:
    """Return `service:web` as the engine reports it, with the key instead of the container's id."""
    if isinstance(value, str) and value.startswith("service:"):
        return f"container:{value.removeprefix('service:')}"
    return value
